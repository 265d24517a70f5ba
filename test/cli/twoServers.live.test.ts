/** One deploy to two clusters, each with an API server of its own: what is the same name on both is another object, and a lost one keeps everything from going out. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sandboxTest } from '../support/sandbox.ts';
import { withSecondCluster } from '../support/secondCluster.ts';
import { commandLine } from './commandLine.ts';

sandboxTest(
  'the canary is a cluster of its own; the other follows, is pruned too, and gets nothing once the canary is lost',
  (sandbox) =>
    withSecondCluster(sandbox, async (second) => {
      const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-two-'));
      const namespace = `two-test-${randomBytes(3).toString('hex')}`;
      const write = (name: string, text: string) => writeFile(join(folder, name), text);
      const kubeconfigs = { first: sandbox.kubernetes.kubeconfig, second: second.kubeconfig };
      const kubectl = async (on: keyof typeof kubeconfigs, ...args: readonly string[]) =>
        (await promisify(execFile)(sandbox.kubernetes.kubectl, ['--kubeconfig', kubeconfigs[on], ...args])).stdout.trim();
      const env = { KUBECONFIG: `${kubeconfigs.first}:${kubeconfigs.second}` };
      const apply = (...more: readonly string[]) =>
        commandLine(['apply', '--targets', 'shop.targets.yaml', '--set', 'shop', '--prune', '--yes', ...more], {
          cwd: folder,
          env,
        });
      const config = (name: string, value = '1') =>
        `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, namespace: ${namespace}}, data: {a: "${value}"}}\n`;
      const mapsOn = async (on: keyof typeof kubeconfigs) =>
        (
          await kubectl(
            on,
            'get',
            'configmaps',
            '-n',
            namespace,
            '-o',
            'jsonpath={range .items[*]}{.metadata.name}={.data.a} {end}',
          )
        )
          .split(' ')
          .filter((one) => /^(web|cache)=/.test(one));
      try {
        const uid = await kubectl('second', 'get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}');
        const targets = (canaryUid: string) =>
          write(
            'shop.targets.yaml',
            `namespace: ${namespace}
paths: m
targets:
  - {name: canary, context: second-admin, clusterUid: ${canaryUid}}
  - {name: main, context: sandbox-admin, patches: patch.yaml}
`,
          );
        await mkdir(join(folder, 'm'));
        await write('m/namespace.yaml', `{apiVersion: v1, kind: Namespace, metadata: {name: ${namespace}}}\n`);
        await write('m/web.yaml', config('web'));
        await write('m/cache.yaml', config('cache'));
        await write('patch.yaml', config('web', '2'));
        await targets(uid);
        const up = await apply();
        assert.equal(up.status, 0, up.out + up.err);
        assert.deepEqual(
          [await mapsOn('second'), await mapsOn('first')],
          [
            ['cache=1', 'web=1'],
            ['cache=1', 'web=2'],
          ],
        );

        await rm(join(folder, 'm/cache.yaml'));
        const pruned = await apply();
        assert.equal(pruned.status, 0, pruned.out + pruned.err);
        assert.deepEqual([await mapsOn('second'), await mapsOn('first')], [['web=1'], ['web=2']]);

        await write('patch.yaml', config('web', '3'));
        await targets('another-cluster');
        const mistaken = await apply();
        assert.equal(mistaken.status, 5, mistaken.out);
        assert.match(
          mistaken.out,
          new RegExp(`blocked: canary cannot be planned: Context second-admin leads to cluster ${uid}, not to another-cluster`),
        );

        await targets(uid);
        await second.stop();
        const lost = await apply();
        assert.equal(lost.status, 5, lost.out);
        assert.match(
          lost.out,
          /\nblocked: canary cannot be planned: 127\.0\.0\.1:\d+ refused the connection\..* \(shop\.targets\.yaml:4\)\n/,
        );
        assert.deepEqual(await mapsOn('first'), ['web=2'], 'the patch of the first did not go out');
      } finally {
        await kubectl('first', 'delete', 'namespace', namespace, '--wait=false', '--ignore-not-found');
        await rm(folder, { recursive: true, force: true });
      }
    }),
);

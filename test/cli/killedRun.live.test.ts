/** Two who deploy the same set at once, and one that is killed while it waits: on the real API server, with a real load balancer and a real network behind it. */
import assert from 'node:assert/strict';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { namesOutside } from '../support/namesOutside.ts';
import { sandboxTest } from '../support/sandbox.ts';
import type { Ended } from './commandLine.ts';
import { inFolder, type LiveFolder } from './liveFolder.ts';

const CANARY = 'canary-of-a-killed-run';

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: robots.NS.example}
spec:
  group: NS.example
  scope: Namespaced
  names: {kind: Robot, plural: robots, singular: robot, listKind: RobotList}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {arms: {type: integer}}}}}}
`;

/** What is deployed. The last waits until the load balancer has its address. */
const files = (clouds: string): Readonly<Record<string, string>> => ({
  'credentials.yaml': `apiVersion: v1
kind: Secret
metadata: {name: openstack-clouds}
stringData:
  token: ${CANARY}
  clouds.yaml: |
${clouds.replace(/^/gm, '    ')}
`,
  'definition.yaml': definition,
  'robot.yaml': 'apiVersion: NS.example/v1\nkind: Robot\nmetadata: {name: r2}\nspec: {arms: 2}\n',
  'network.yaml': `apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Network
metadata: {name: NS-net}
spec:
  cloudCredentialsRef: {secretName: openstack-clouds, cloudName: demo}
  managementPolicy: managed
  resource: {description: of a test}
`,
  'web.yaml':
    'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}\n',
  'address.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: behind
  annotations: {config.kubernetes.io/depends-on: /namespaces/NS/Service/web}
data: {a: b}
`,
});

/** `kind/name` of the objects of which a run said this. */
const said = ({ out }: Ended, state: string): string[] =>
  [...out.matchAll(new RegExp(`^\\S*/(\\w+) (?:\\S+/)?(\\S+): ${state}\\b`, 'gm'))]
    .map(([, kind, name]) => `${kind}/${name}`)
    .sort();

const storyOf = ({ namespace, run, runWatching }: LiveFolder) => {
  const ends: Ended[] = [];
  const where = ['--set', 'shop', '--context', 'sandbox-admin', '--namespace', namespace, '--cloud', 'demo', '--yes'];
  const keep = async (ended: Promise<Ended>) => {
    ends.push(await ended);
    return ended;
  };
  return {
    ends,
    apply: (...more: string[]) => keep(run('apply', 'shop', ...where, ...more)),
    applyFile: (file: string) => keep(run('apply', file, ...where)),
    undeploy: (...more: string[]) => keep(run('undeploy', ...where, ...more)),
    killedWhen: (isTime: (out: string) => boolean) =>
      keep(
        runWatching(
          (out, signal) => {
            if (isTime(out)) signal('SIGKILL');
          },
          ...['apply', 'shop', ...where],
        ),
      ),
  };
};

sandboxTest('killed while it waits for the load balancer: the next run does exactly the rest, and nothing twice', (sandbox) =>
  inFolder(sandbox, async (live) => {
    const { namespace, kubectl, write, folder } = live;
    const story = storyOf(live);
    await mkdir(join(folder, 'shop'));
    const clouds = await readFile(sandbox.openstack.clouds, 'utf8');
    for (const [name, text] of Object.entries(files(clouds))) await write(join('shop', name), text);
    try {
      const killed = await story.killedWhen((out) =>
        ['Service \\S+/web: waiting', 'Network \\S+-net: created'].every((one) => new RegExp(one).test(out)),
      );
      assert.equal(killed.status, null, killed.out + killed.err);
      assert.doesNotMatch(killed.out, /Service \S+\/web: ready/);

      const early = await story.apply();
      assert.deepEqual(
        [early.status, early.err.replace(/ by .* since \S+\. /, ' by WHO since WHEN. ')],
        [
          4,
          `shop is being deployed to sandbox-admin/${namespace} by WHO since WHEN. Nothing was written; wait for its end, or take over. With --take-over-run it is taken over; the lock of one that was killed ends by itself within 45 s.\n`,
        ],
      );

      const next = await story.apply('--take-over-run', '--report', 'report.md', '--keep');
      assert.equal(next.status, 0, next.out + next.err);
      const [before, after, there] = [said(killed, 'created'), said(next, 'created'), said(next, 'unchanged')];
      assert.ok(after.includes('ConfigMap/behind'), next.out);
      assert.deepEqual(
        before.filter((one) => after.includes(one)),
        [],
        'nothing is made twice',
      );
      assert.deepEqual([...after, ...there].sort(), [
        'ConfigMap/behind',
        `CustomResourceDefinition/robots.${namespace}.example`,
        `Network/${namespace}-net`,
        'Robot/r2',
        'Secret/openstack-clouds',
        'Service/web',
      ]);
      assert.deepEqual(said(next, 'configured'), []);
      const { balancers, networks, addresses } = await namesOutside(sandbox, namespace);
      assert.deepEqual([balancers, networks, addresses.length], [[`${namespace}_web`], [`${namespace}-net`], 1]);
      assert.equal(await kubectl('get', 'leases', '-n', namespace, '-o', 'name'), '');

      await rm(join(folder, 'shop/network.yaml'));
      const refused = await story.apply('--prune');
      assert.equal(refused.status, 4, refused.out);
      const casualty = new RegExp(
        `^This destroys what does not come back: Network ${namespace}-net: the OpenStack network ${namespace}-net \\([-0-9a-f]{36}\\)\\. Add --destroy "${namespace}-net" if you mean it\\. Nothing was applied\\.\n$`,
      );
      assert.match(refused.err, casualty);
      assert.match(
        refused.out,
        /delete openstack\.k-orc\.cloud\/v1alpha1\/Network \S+-net \(no longer in the files\)\n {4}destroys the OpenStack network /,
      );
      assert.match((await story.apply('--prune', '--destroy', 'another')).err, casualty);
      assert.deepEqual((await namesOutside(sandbox, namespace)).networks, [`${namespace}-net`]);
      const pruned = await story.apply('--prune', '--destroy', `${namespace}-net`);
      assert.equal(pruned.status, 0, pruned.out + pruned.err);
      await eventually('the network is gone', async () => (await namesOutside(sandbox, namespace)).networks.length === 0);

      const gone = await story.undeploy('--destroy', 'web');
      assert.equal(gone.status, 0, gone.out + gone.err);
      const told = [...story.ends.map(({ out, err }) => out + err), await readFile(join(folder, 'report.md'), 'utf8')].join('\n');
      assert.doesNotMatch(told, new RegExp(CANARY));
    } finally {
      await kubectl('delete', 'networks.openstack.k-orc.cloud,services,robots', '--all', '-n', namespace).catch(() => undefined);
      await kubectl('delete', 'crd', `robots.${namespace}.example`, '--ignore-not-found', '--wait=false');
    }
  }),
);

sandboxTest(
  'of processes that deploy the same set at once one gets in; the others hear who it is, and write nothing',
  (sandbox) =>
    inFolder(sandbox, async (live) => {
      const { namespace, kubectl, write } = live;
      const { applyFile } = storyOf(live);
      const pod =
        'apiVersion: v1\nkind: Pod\nmetadata: {name: slow, annotations: {sandbox/delay: 20s}}\nspec: {containers: [{name: c, image: "nginx:1.29"}]}\n';
      const people = ['ann', 'bob', 'cy'];
      for (const name of people)
        await write(
          `${name}.yaml`,
          `${pod}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: who}\ndata: {${name}: deploys}\n`,
        );
      const ends = await Promise.all(people.map((name) => applyFile(`${name}.yaml`)));
      assert.deepEqual(ends.map(({ status }) => status).sort(), [0, 4, 4], JSON.stringify(ends));
      for (const { status, out, err } of ends)
        if (status === 4) {
          assert.match(
            err,
            /^shop is being deployed to sandbox-admin\/\S+ by \S+ on \S+ \(\d+\) since \d{4}-\S+Z\. Nothing was written; wait for its end, or take over\. With --take-over-run it is taken over; /,
          );
          assert.doesNotMatch(out, /: (applying|created)/);
        }
      const winner = people[ends.findIndex(({ status }) => status === 0)];
      const data = await kubectl('get', 'configmap', 'who', '-n', namespace, '-o', 'jsonpath={.data}');
      assert.equal(data, `{"${winner}":"deploys"}`);
      assert.equal(await kubectl('get', 'leases', '-n', namespace, '-o', 'name'), '');
    }),
);

/** The rights of a CronJob that deploys, proven: the command line runs as its ServiceAccount, and the API server refuses it nothing. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { field, listAt, textAt } from '../../../src/base/fields.ts';
import { continuous } from '../../../src/deploy/continuous/continuous.ts';
import { commandLine } from '../../cli/commandLine.ts';
import { sandboxTest } from '../../support/sandbox.ts';
import { inNamespace } from '../liveDeploy.ts';

const manifests = (command: string) => `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: NS}
data: {LEVEL: info}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: NS}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: NS}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, storageClassName: cinder-ssd}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: NS}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: 'nginx:1.29', ${command}envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: password}}]}]
`;

/** What the API server was asked by a user, as `VERB RESOURCE STATUS`. */
async function askedBy(auditLog: string, user: string): Promise<readonly string[]> {
  const lines = (await readFile(auditLog, 'utf8')).split('\n');
  const own = lines.filter((line) => line.includes(user) && line.includes('"stage":"ResponseComplete"'));
  return own.map((line) => {
    const event: unknown = JSON.parse(line);
    const resource = [textAt(event, 'objectRef', 'resource'), textAt(event, 'objectRef', 'subresource')]
      .filter(Boolean)
      .join('/');
    return `${textAt(event, 'verb')} ${resource || textAt(event, 'requestURI')} ${field(event, 'responseStatus', 'code')}`;
  });
}

sandboxTest('the headless engine runs as the ServiceAccount of its CronJob, and lacks no right', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const { namespace, kubectl } = live;
    const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-cronjob-'));
    const write = (name: string, text: string) => writeFile(join(folder, name), text);
    const deployed = (command = '') => write('shop/all.yaml', manifests(command).replaceAll('NS', namespace));
    await mkdir(join(folder, 'shop'));
    try {
      await deployed();
      await kubectl('create', 'secret', 'generic', 'password', '-n', namespace, '--from-literal=PASSWORD=canary-8802');
      const set = { names: ['shop'], partial: false, prune: 'ask' as const };
      const { plan } = await live.plan(manifests(''), { set });
      const kinds = await live.cluster.kinds();
      assert.ok(kinds.ok);
      const made = continuous({
        runner: 'cronJob',
        plan,
        name: 'shop',
        root: folder,
        places: [join(folder, 'shop')],
        url: 'https://git.example/team/shop.git',
        branch: 'main',
        kinds: kinds.value,
        image: 'registry.example/hybrid-clusters:1',
      });
      assert.ok(made.ok);
      const text = made.value.files[0]?.text ?? '';
      await write('cronjob.yaml', text);
      await kubectl('apply', '--server-side', '-f', join(folder, 'cronjob.yaml'));

      // what a kubelet would mount
      const documents = parseAllDocuments(text).map((document) => document.toJS() as unknown);
      const kubeconfig =
        textAt(
          documents.find((one) => textAt(one, 'kind') === 'ConfigMap'),
          'data',
          'kubeconfig',
        ) ?? '';
      const mounted = kubeconfig
        .replaceAll('/var/run/secrets/kubernetes.io/serviceaccount', folder)
        .replaceAll('https://kubernetes.default.svc', sandbox.kubernetes.server);
      await write('kubeconfig', mounted);
      const admin = await readFile(sandbox.kubernetes.kubeconfig, 'utf8');
      const ca = /certificate-authority-data: (\S+)/.exec(admin)?.[1];
      await write('ca.crt', Buffer.from(ca ?? '', 'base64').toString());
      await write('token', await kubectl('create', 'token', 'deploy-shop', '-n', namespace));
      const job = documents.find((one) => textAt(one, 'kind') === 'CronJob');
      const [container] = listAt(job, 'spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers');
      const args = listAt(container, 'command').slice(2).map(String);
      const run = () => commandLine(args, { cwd: folder, env: { KUBECONFIG: join(folder, 'kubeconfig') } });

      const first = await run();
      assert.equal(first.status, 0, first.out + first.err);
      assert.equal(first.err, '', 'it has its lock, and its inventory');
      const again = await run();
      assert.equal(again.status, 0, again.out + again.err);
      assert.match(again.out, /\nVerified 4 objects on /);
      await deployed("command: ['false'], ");
      const failed = await run();
      assert.equal(failed.status, 3, failed.out + failed.err);
      assert.doesNotMatch(failed.out + failed.err, /forbidden|canary-8802/);

      const asked = await askedBy(sandbox.kubernetes.auditLog, `system:serviceaccount:${namespace}:deploy-shop`);
      assert.deepEqual([...new Set(asked.filter((one) => one.endsWith(' 403')))], []);
      for (const needed of ['create leases 201', 'delete leases 200', 'patch configmaps 201', 'get pods/log 200'])
        assert.ok(asked.includes(needed), `${needed} is not among ${[...new Set(asked)].sort().join(', ')}`);
    } finally {
      await kubectl('delete', '-f', join(folder, 'cronjob.yaml'), '--ignore-not-found', '--wait=false');
      await rm(folder, { recursive: true, force: true });
    }
  }),
);

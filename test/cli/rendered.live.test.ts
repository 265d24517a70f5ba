import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';
import { brokenSarif, type SarifLog } from '../support/sarifSchema.ts';
import { commandLine, type Ended } from './commandLine.ts';

const cluster = (network: string) => `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackCluster
metadata:
  name: web
spec:
  network:
    filter:
      name: ${network}
`;
/** Network private is of project demo; ops has another. The base's own value is in neither, and each overlay says another one. */
const files: Readonly<Record<string, string>> = {
  'base/kustomization.yaml': 'resources: [cluster.yaml]\n',
  'base/cluster.yaml': cluster('nowhere'),
  'overlays/staging/kustomization.yaml': 'resources: [../../base]\npatches: [{path: network.yaml}]\n',
  'overlays/staging/network.yaml': cluster('private'),
  'overlays/production/kustomization.yaml': 'namePrefix: prod-\nresources: [../../base]\npatches: [{path: network.yaml}]\n',
  'overlays/production/network.yaml': cluster('private'),
};

/** Runs `body` in a folder with these files; `run` is the command line there, with the sandbox's kubectl to be found. */
async function inFolder(
  { openstack, kubernetes }: SandboxEnvironment,
  texts: Readonly<Record<string, string>>,
  body: (run: (...args: string[]) => Promise<Ended>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-rendered-'));
  const env = {
    OS_CLIENT_CONFIG_FILE: openstack.clouds,
    KUBECONFIG: kubernetes.kubeconfig,
    PATH: `${dirname(kubernetes.kubectl)}:${process.env['PATH']}`,
  };
  try {
    for (const [path, text] of Object.entries(texts)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    await body((...args) => commandLine(args, { cwd: folder, env }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

sandboxTest('two overlays bound to two clouds, the value of one wrong: one finding, on its line, and so in SARIF', (sandbox) =>
  inFolder(sandbox, files, async (run) => {
    const bound = ['check', '.', '--bind', 'overlays/staging=demo', '--bind', 'overlays/production=ops'];
    const { status, out, err } = await run(...bound, '--require-live');
    assert.deepEqual([err, status], ['', 5]);
    assert.match(
      out,
      /^\.\/overlays\/production\/network\.yaml:8:13 error reference\.missing No network named "private" in project ops \(cloud ops, RegionOne\)\.[^\n]*\n$/,
    );
    const sarif = await run(...bound, '--format', 'sarif');
    const log = JSON.parse(sarif.out) as SarifLog;
    assert.deepEqual(brokenSarif(log), []);
    assert.deepEqual(
      log.runs[0].results.map(({ ruleId, locations }) => [ruleId, locations[0]?.physicalLocation]),
      [
        [
          'reference.missing',
          {
            artifactLocation: { uri: 'overlays/production/network.yaml', uriBaseId: 'SRCROOT' },
            region: { startLine: 8, startColumn: 13, endLine: 8, endColumn: 20 },
          },
        ],
      ],
    );
  }),
);

const pod = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: nginx
      envFrom: [{configMapRef: {name: made}}, {configMapRef: {name: nobody-made}}]
`;

sandboxTest(
  'the cluster is asked about objects as they are rendered: a generated name is there, a missing one is told where it was written',
  (sandbox) =>
    inFolder(
      sandbox,
      { 'kustomization.yaml': 'resources: [pod.yaml]\nconfigMapGenerator: [{name: made, literals: [a=b]}]\n', 'pod.yaml': pod },
      async (run) => {
        const { out, err } = await run('check', '.', '--context', 'sandbox-admin', '--namespace', 'default');
        assert.equal(err, '');
        assert.match(out, /^\.\/pod\.yaml:8:\d+ \w+ [\w.]+ [^\n]*nobody-made[^\n]*\n$/);
      },
    ),
);

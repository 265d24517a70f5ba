/** The kubeconfig changes under a run: whoever changed the context no longer means the server that is written to. */
import assert from 'node:assert/strict';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';
import { commandLine, type Ended } from './commandLine.ts';
import { inFolder, type LiveFolder } from './liveFolder.ts';

/** A pod that takes its time, and what would be sent once it is up. */
const files = `apiVersion: v1
kind: Pod
metadata: {name: slow, annotations: {sandbox/delay: 20s}}
spec: {containers: [{name: c, image: "nginx:1.29"}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: behind, annotations: {config.kubernetes.io/depends-on: /namespaces/NS/Pod/slow}}
data: {a: b}
`;

/** Deploys with a kubeconfig of its own, which is changed while the pod is waited for. */
async function whileWaiting(
  sandbox: SandboxEnvironment,
  { folder, namespace, write }: LiveFolder,
  change: (kubeconfig: string) => string,
  args = ['apply', 'all.yaml', '--context', 'sandbox-admin', '--namespace', namespace, '--yes'],
): Promise<Ended> {
  const path = join(folder, 'kubeconfig');
  const before = await readFile(sandbox.kubernetes.kubeconfigs.admin, 'utf8');
  await writeFile(path, before, { mode: 0o600 });
  await write('all.yaml', files);
  let changed: Promise<void> | undefined;
  const ended = await commandLine(args, {
    cwd: folder,
    env: { KUBECONFIG: path },
    whileRunning: (out) => {
      if (changed || !/Pod \S+\/slow: waiting/.test(out)) return;
      // as editors and kubectl do it
      changed = writeFile(`${path}.new`, change(before), { mode: 0o600 }).then(() => rename(`${path}.new`, path));
    },
  });
  await changed;
  return ended;
}

const cases: readonly (readonly [what: string, change: (text: string) => string, said: RegExp])[] = [
  [
    'leads to another server',
    (text) => text.replace(/server: "[^"]+"/, 'server: "https://127.0.0.1:1"'),
    /Context sandbox-admin now points to https:\/\/127\.0\.0\.1:1, not to https:\/\/127\.0\.0\.1:\d+\. Nothing more was written;/,
  ],
  [
    'is renamed',
    (text) => text.replaceAll('sandbox-admin', 'sandbox-renamed'),
    /Context sandbox-admin is no longer in the kubeconfig\. Nothing more was written to https:\/\/127\.0\.0\.1:\d+\./,
  ],
  [
    'names a user that is not there',
    (text) => text.replace('user: admin}', 'user: nowhere}'),
    /Context sandbox-admin now signs in as nowhere, not as admin\./,
  ],
  [
    'signs in as another user',
    (text) => text.replace('user: admin}', 'user: somebody}').replace('{name: admin,', '{name: somebody,'),
    /Context sandbox-admin now signs in as somebody, not as admin\./,
  ],
];

for (const [what, change, said] of cases)
  sandboxTest(`a context that ${what} in the midst of a run stops it; nothing more is written`, (sandbox) =>
    inFolder(sandbox, async (live) => {
      const ended = await whileWaiting(sandbox, live, change);
      assert.match(ended.out, said, ended.out + ended.err);
      assert.equal(ended.status, 3, ended.out);
      assert.match(ended.out, / What was applied before stays: 1 created, 1 cancelled\.\n$/);
      assert.doesNotMatch(ended.out, /slow: ready/);
      assert.equal(
        await live.kubectl('get', 'configmap', 'behind', '-n', live.namespace, '--ignore-not-found', '-o', 'name'),
        '',
      );
    }),
  );

sandboxTest('a kubeconfig that somebody is just writing stops nothing', (sandbox) =>
  inFolder(sandbox, async (live) => {
    const ended = await whileWaiting(sandbox, live, (text) => text.slice(0, text.length / 2));
    assert.equal(ended.status, 0, ended.out + ended.err);
  }),
);

import assert from 'node:assert/strict';
import { sandboxTest } from '../support/sandbox.ts';
import { inNamespace } from './liveDeploy.ts';

const job = (name: string, annotations: string) => `
apiVersion: batch/v1
kind: Job
metadata: {name: ${name}, namespace: NS, annotations: {${annotations}}}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: x, image: "node:24-alpine"}]}}}
---`;
const settings = (name: string, annotations: string) =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, namespace: NS, annotations: {${annotations}}}}\n---\n`;

sandboxTest(
  'on a real server hooks, waves and groups of other engines go out one after the other, each when the one before is over',
  (sandbox) =>
    inNamespace(sandbox, async (live) => {
      const run = await live.start(
        [
          settings('late', 'argocd.argoproj.io/sync-wave: "1"'),
          job('done', 'argocd.argoproj.io/hook: PostSync'),
          settings('plain', ''),
          job('migrate', 'argocd.argoproj.io/hook: PreSync, kapp.k14s.io/change-group: db'),
          settings('clean', 'argocd.argoproj.io/hook: SyncFail'),
        ].join('\n'),
      );
      assert.equal((await run.done).outcome, 'succeeded');
      const told = run.events.filter(({ state }) => state === 'applying' || state === 'ready');
      assert.deepEqual(
        told.map(({ key, state }) => `${key.slice(key.indexOf('/', key.indexOf(' ')) + 1)} ${state}`),
        ['migrate', 'plain', 'late', 'done'].flatMap((name) => [`${name} applying`, `${name} ready`]),
      );
    }),
);

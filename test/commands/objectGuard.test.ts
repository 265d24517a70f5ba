import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import '../support/withoutEditor.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import type { ObjectWord } from '../../src/kubernetes/objectActions.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const { change } = await import('../../src/commands/actOnObject.ts');

const flux = 'kustomize.toolkit.fluxcd.io';
const space = 'shop';
const apps: KubeObject = {
  apiVersion: `${flux}/v1`,
  kind: 'Kustomization',
  metadata: { name: 'apps', namespace: space },
  spec: { interval: '5m', path: './apps', prune: true, sourceRef: { kind: 'GitRepository', name: 'fleet' } },
  status: { inventory: { entries: [{ id: 'shop_web_apps_Deployment', v: 'v1' }] } },
};
const web: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: space, labels: { [`${flux}/name`]: 'apps', [`${flux}/namespace`]: space } },
  spec: { replicas: 2 },
};
const free: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'free', namespace: space } };

interface Asked {
  readonly protected?: readonly string[];
  /** Which button is pressed in each dialog, by its place; the last one unless told. */
  readonly presses?: readonly number[];
  readonly types?: boolean;
}

/** What is asked before `word` is done to an object, and what is sent, as text. */
async function guard(word: ObjectWord, object: KubeObject, answer: string, asked: Asked = {}): Promise<string> {
  const cluster = new FakeCluster();
  for (const one of [apps, web, free]) {
    cluster.serve(one);
    cluster.put(one);
  }
  const said: string[] = [];
  const presses = [...(asked.presses ?? [])];
  const tell = ({ message, detail = '' }: { message: string; detail?: string }, buttons: readonly string[]) =>
    said.push(message, ...detail.split('\n').map((line) => `  ${line}`), `  [${buttons.join('] [')}]`);
  const parts = {
    settings: { protectedTargets: asked.protected ?? [], readOnlyTargets: [] },
    log: silentLogger,
    prompts: {
      text: async () => answer,
      confirm: async (question: { message: string; yes: string }) => {
        tell(question, [question.yes]);
        return true;
      },
      decide: async (question: { message: string }, buttons: readonly string[]) => {
        tell(question, buttons);
        const press = presses.shift() ?? buttons.length - 1;
        // A person who suspended it finds it suspended.
        if (buttons[press]?.startsWith('Suspend')) cluster.put({ ...apps, spec: { ...Object(apps['spec']), suspend: true } });
        return buttons[press];
      },
      confirmByTyping: async (question: { message: string; word: string; yes: string }) => {
        tell({ ...question, message: `${question.yes}: ${question.message}` }, [`type ${question.word}`]);
        return asked.types ?? true;
      },
    },
  };
  const { apiVersion, kind, metadata } = object;
  const ref: ObjectRef = { apiVersion, kind, name: metadata.name, namespace: space };
  const done = await change(parts as never, word, [{ cluster, ref }]);
  return [...said, ...cluster.requests, done ? 'done' : 'not done'].join('\n');
}

describe('before an owned object is changed', () => {
  const cases: readonly (readonly [name: string, () => Promise<string>, expected: string])[] = [
    [
      'what nobody owns is asked as ever',
      () => guard('scale', free, '3'),
      'Scale Deployment shop/free?\n  sandbox-admin, as admin\n  [Scale: 3]\npatch apps/v1/Deployment shop/free/scale {"spec":{"replicas":3}}\ndone',
    ],
    [
      'the owner is told with when it undoes it, its own action first',
      () => guard('scale', web, '3'),
      'Scale Deployment shop/web?\n  Owned by Kustomization shop/apps. Flux will put this back within 5 m. Better: Change it in GitRepository fleet, ./apps, or suspend the Kustomization.\n  sandbox-admin, as admin\n  [Suspend Kustomization] [Scale: 3]\npatch apps/v1/Deployment shop/web/scale {"spec":{"replicas":3}}\ndone',
    ],
    [
      'the owner stopped, the change is asked for again, and made',
      () => guard('scale', web, '3', { presses: [0] }),
      'Scale Deployment shop/web?\n  Owned by Kustomization shop/apps. Flux will put this back within 5 m. Better: Change it in GitRepository fleet, ./apps, or suspend the Kustomization.\n  sandbox-admin, as admin\n  [Suspend Kustomization] [Scale: 3]\nScale Deployment shop/web?\n  Owned by Kustomization shop/apps. It is suspended; Flux will put this back once it is resumed. Better: Change it in GitRepository fleet, ./apps.\n  sandbox-admin, as admin\n  [Scale: 3]\npatch kustomize.toolkit.fluxcd.io/v1/Kustomization shop/apps {"spec":{"suspend":true}}\npatch apps/v1/Deployment shop/web/scale {"spec":{"replicas":3}}\ndone',
    ],
    [
      'what costs nothing is asked for, too, where it is undone',
      () => guard('pauseRollout', web, ''),
      'Pause Rollout Deployment shop/web?\n  Owned by Kustomization shop/apps. Flux will put this back within 5 m. Better: Change it in GitRepository fleet, ./apps, or suspend the Kustomization.\n  sandbox-admin, as admin\n  [Suspend Kustomization] [Pause Rollout]\npatch apps/v1/Deployment shop/web {"spec":{"paused":true}}\ndone',
    ],
    [
      'a label is nobody else’s',
      () => guard('label', web, 'tier=front'),
      'patch apps/v1/Deployment shop/web {"metadata":{"labels":{"tier":"front"}}}\ndone',
    ],
    [
      'what takes a whole application along wants the name',
      () => guard('deleteObject', apps, '', { types: false }),
      'Delete: Kustomization shop/apps\n  Flux deletes the 1 object that it applied.\n  sandbox-admin, as admin. Type apps to go on.\n  [type apps]\nnot done',
    ],
    [
      'a protected context wants the name of the owned one',
      () => guard('scale', web, '3', { protected: ['^sandbox-'], types: false }),
      'Scale Deployment shop/web?\n  Owned by Kustomization shop/apps. Flux will put this back within 5 m. Better: Change it in GitRepository fleet, ./apps, or suspend the Kustomization.\n  sandbox-admin, as admin\n  [Suspend Kustomization] [Scale: 3…]\nScale 3: Deployment shop/web\n  Owned by Kustomization shop/apps. Flux will put this back within 5 m. Better: Change it in GitRepository fleet, ./apps, or suspend the Kustomization.\n  sandbox-admin, as admin. Type web to go on.\n  [type web]\nnot done',
    ],
  ];
  for (const [name, ask, expected] of cases) it(name, async () => assert.equal(await ask(), expected));
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import '../support/withoutEditor.ts';
import { failed, type Result, success } from '../../src/base/failure.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import type { ActionWord } from '../../src/openstack/actions/actionWords.ts';
import type { Resource } from '../../src/openstack/kind.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import { editorParts } from '../support/editorParts.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const { act } = await import('../../src/commands/act.ts');
const { mayAct } = await import('../../src/commands/actGuard.ts');

const CLOUD = `
compute.server:
  - { id: s1, name: web-1, status: ACTIVE }
  - { id: s2, name: web-2, status: ACTIVE }
  - { id: s3, name: worker, status: ACTIVE }
network.port:
  - { id: p1, name: '', device_id: s1, device_owner: 'compute:nova' }
block-storage.volume:
  - { id: v1, name: data, status: available, size: 2 }
  - { id: v2, name: pvc-1 }
block-storage.snapshot:
  - { id: sn1, name: before, volume_id: v1 }
block-storage.backup:
  - { id: b1, name: nightly, volume_id: v9, status: available, size: 1 }
network.floating_ip:
  - { id: f1, floating_ip_address: 192.0.2.7, port_id: p1 }
load-balancer.loadbalancer:
  - { id: l1, name: kube_service_prod_shop_web }
load-balancer.listener:
  - { id: li1, name: http, loadbalancers: [{ id: l1 }] }
load-balancer.pool: []
orchestration.stack:
  - { id: t1, stack_name: shop }
orchestration.resource:
  - { resource_name: vm, physical_resource_id: s3 }
`;

interface Asked {
  readonly protected?: readonly string[];
  readonly readOnly?: readonly string[];
  /** Which button is pressed; the last one unless told. */
  readonly press?: (buttons: readonly string[]) => string | undefined;
  readonly types?: boolean;
  /** By id, the volume that is lost instead. */
  readonly over?: string;
  /** What an open cluster holds. */
  readonly objects?: readonly KubeObject[];
}

const claimed: KubeObject = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'pv-1' },
  spec: { csi: { driver: 'cinder.csi.openstack.org', volumeHandle: 'v2' } },
};
const node: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'web-1' }, spec: { providerID: 'openstack:///s1' } };

/** What is asked before `word` is done to resources by id, as text, and whether it may go out. */
async function guard(word: ActionWord, kind: KindId, ids: readonly string[], asked: Asked = {}): Promise<string> {
  const project = fakeCloud(CLOUD);
  const list = await project.list(kind);
  assert.ok(list.ok);
  const targets = list.value.items
    .filter((one) => ids.includes(String(one['id'])))
    .map((resource) => ({ project, kind, resource }));
  const over = asked.over === undefined ? undefined : await project.get('block-storage.volume', asked.over);
  const overwritten = over?.ok ? { project, kind: 'block-storage.volume' as const, resource: over.value } : undefined;
  const said: string[] = [];
  const cluster = new FakeCluster();
  for (const object of asked.objects ?? []) cluster.put(object);
  const clusters = asked.objects ? [cluster] : [];
  const parts = {
    settings: { protectedTargets: asked.protected ?? [], readOnlyTargets: asked.readOnly ?? [] },
    log: silentLogger,
    asked: { opened: { projects: [], clusters }, bound: async () => ({ projects: [], clusters: [] }) },
    prompts: {
      decide: async ({ message, detail = '' }: { message: string; detail?: string }, buttons: readonly string[]) => {
        said.push(message, ...detail.split('\n\n').map((line) => `  ${line}`), `  [${buttons.join('] [')}]`);
        return asked.press ? asked.press(buttons) : buttons.at(-1);
      },
      confirmByTyping: async ({ word: typed }: { word: string }) => {
        said.push(`type ${typed}`);
        return asked.types ?? true;
      },
    },
  };
  const may = await mayAct(parts as never, word, targets, overwritten);
  assert.deepEqual(
    project.asked.filter((line) => line.startsWith('act')),
    [],
  );
  return [...said, ...cluster.requests, may ? 'goes out' : 'stays'].join('\n');
}

describe('before a change goes out', () => {
  const cases: readonly (readonly [name: string, () => Promise<string>, expected: string])[] = [
    ['what loses nothing is not asked', () => guard('lock', 'compute.server', ['s1']), 'goes out'],
    [
      'what interrupts wants a yes',
      () => guard('stop', 'compute.server', ['s1']),
      'Stop server web-1?\n  demo › demo, alice\n  [Stop]\ngoes out',
    ],
    [
      'what destroys says what hangs on it',
      () => guard('delete', 'compute.server', ['s1']),
      'Delete server web-1?\n  On it hang: 1 port.\n  demo › demo, alice\n  [Delete]\ngoes out',
    ],
    [
      'several are named',
      () => guard('delete', 'compute.server', ['s1', 's2']),
      'Delete 2 servers?\n  On it hang: 1 port.\n  web-1, web-2\n  demo › demo, alice\n  [Delete]\ngoes out',
    ],
    [
      'a protected project wants the name',
      () => guard('delete', 'compute.server', ['s2'], { protected: ['^demo/'] }),
      'Delete server web-2?\n  demo › demo, alice\n  [Delete…]\ntype web-2\ngoes out',
    ],
    [
      'what takes everything along that stands in it wants the name, too',
      () => guard('delete', 'orchestration.stack', ['t1']),
      'Delete stack shop?\n  On it hang: 1 stack resource.\n  demo › demo, alice\n  [Delete…]\ntype shop\ngoes out',
    ],
    ['a read-only one lets nothing out', () => guard('lock', 'compute.server', ['s1'], { readOnly: ['demo/demo'] }), 'stays'],
    [
      'a dismissed question is a no',
      () => guard('stop', 'compute.server', ['s1'], { press: () => undefined }),
      'Stop server web-1?\n  demo › demo, alice\n  [Stop]\nstays',
    ],
    [
      'a part of a stack names it',
      () => guard('lock', 'compute.server', ['s3']),
      'Lock server worker?\n  Owned by stack shop. The stack no longer matches its template; its next update may fail. Better: Update or delete the stack.\n  demo › demo, alice\n  [Show Stack] [Lock…]\ntype worker\ngoes out',
    ],
    [
      'another name than the owned one’s is a no',
      () => guard('lock', 'compute.server', ['s3'], { types: false }),
      'Lock server worker?\n  Owned by stack shop. The stack no longer matches its template; its next update may fail. Better: Update or delete the stack.\n  demo › demo, alice\n  [Show Stack] [Lock…]\ntype worker\nstays',
    ],
    [
      'what a cluster made is said, though none is open; its parts, too',
      () => guard('delete', 'load-balancer.listener', ['li1']),
      'Delete listener http?\n  A Kubernetes cluster made it, and none that is open owns it. Open its context in Clusters to see which object does.\n  demo › demo, alice\n  [Delete…]\ntype http\ngoes out',
    ],
    [
      'the owner’s own action instead',
      () => guard('stop', 'compute.server', ['s1'], { objects: [node], press: (buttons) => buttons[0] }),
      'Stop server web-1?\n  Owned by Node web-1 on sandbox-admin. Its pods stop, and after five minutes the cluster moves them; an autoscaler may replace the Node. Better: Cordon and drain the Node first.\n  demo › demo, alice\n  [Cordon Node] [Show Node] [Stop…]\npatch v1/Node web-1 {"spec":{"unschedulable":true}}\nstays',
    ],
    [
      'the owner’s own action on a protected context wants the name, too',
      () =>
        guard('stop', 'compute.server', ['s1'], {
          objects: [node],
          press: (buttons) => buttons[0],
          protected: ['^sandbox-'],
          types: false,
        }),
      'Stop server web-1?\n  Owned by Node web-1 on sandbox-admin. Its pods stop, and after five minutes the cluster moves them; an autoscaler may replace the Node. Better: Cordon and drain the Node first.\n  demo › demo, alice\n  [Cordon Node] [Show Node] [Stop…]\ntype web-1\nstays',
    ],
    ['a copy leaves it as it is, whoever owns it', () => guard('createImage', 'compute.server', ['s3']), 'goes out'],
    [
      'what is overwritten is what is lost',
      () => guard('restoreOver', 'block-storage.backup', ['b1'], { over: 'v1' }),
      'Restore over Volume: volume data?\n  Its data is lost: volume backup nightly takes its place.\n  On it hang: 1 volume snapshot.\n  demo › demo, alice\n  [Restore over Volume]\ngoes out',
    ],
    [
      'on a protected project the name of what is overwritten is typed',
      () => guard('restoreOver', 'block-storage.backup', ['b1'], { over: 'v1', protected: ['^demo/'] }),
      'Restore over Volume: volume data?\n  Its data is lost: volume backup nightly takes its place.\n  On it hang: 1 volume snapshot.\n  demo › demo, alice\n  [Restore over Volume…]\ntype data\ngoes out',
    ],
    [
      'the owner of what is overwritten is told, though the backup itself stays as it is',
      () => guard('restoreOver', 'block-storage.backup', ['b1'], { over: 'v2', objects: [claimed] }),
      'Restore over Volume: volume pvc-1?\n  Its data is lost: volume backup nightly takes its place.\n  Owned by PersistentVolume pv-1 on sandbox-admin. The pods that use the claim lose their data or hang. Better: Delete the claim, or the pods that use it.\n  demo › demo, alice\n  [Show PersistentVolume] [Restore over Volume…]\ntype pvc-1\ngoes out',
    ],
    [
      'nothing is overwritten in a read-only one',
      () => guard('restoreOver', 'block-storage.backup', ['b1'], { over: 'v1', readOnly: ['demo/demo'] }),
      'stays',
    ],
  ];
  for (const [name, ask, expected] of cases) it(name, async () => assert.equal(await ask(), expected));
});

describe('what is written over is looked at before it is asked about', () => {
  const cases: readonly (readonly [name: string, now: Result<Resource>, expected: readonly string[]])[] = [
    [
      'as it is now',
      success({ id: 'v1', name: 'renamed' }),
      [
        'pick Restore over Volume: Over which volume? Its data is lost',
        'get block-storage.volume v1 fresh',
        'decide Restore over Volume: volume renamed? | Its data is lost: volume backup nightly takes its place.',
      ],
    ],
    [
      'gone meanwhile',
      failed('notFound', 'No volume v1.'),
      ['pick Restore over Volume: Over which volume? Its data is lost', 'get block-storage.volume v1 fresh', 'No volume v1.'],
    ],
  ];
  for (const [name, now, expected] of cases) {
    it(name, async () => {
      const cloud = fakeCloud(CLOUD);
      const { asked, answers, logged, parts } = editorParts(cloud);
      answers['pick'] = 'data';
      const project: typeof cloud = {
        ...cloud,
        get: async (kind, id, { freshness } = {}) => {
          asked.push(`get ${kind} ${id} ${freshness}`);
          return now;
        },
      };
      const backups = await project.list('block-storage.backup');
      assert.ok(backups.ok);
      const [resource] = backups.value.items;
      const row = { subject: { of: 'resource', project, kind: 'block-storage.backup', resource } };
      const nowhere = { projects: [], clusters: [] };
      await act({ ...parts, asked: { opened: nowhere, bound: async () => nowhere } } as never, 'restoreOver', [{ row } as never]);
      assert.deepEqual(
        [...asked, ...logged].map((line) => line.split('\n')[0]),
        expected,
      );
    });
  }
});

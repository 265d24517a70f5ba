/** What the user may do, as the sandbox's API server decides it: RBAC for bob, a webhook that tells no rules for alice without the groups of her certificate. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { createHttp } from '../../src/base/http.ts';
import { openContextRows } from '../../src/explorer/clustersNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { Opened } from '../../src/explorer/opened.ts';
import type { Cluster, Contexts, KubeObject } from '../../src/kubernetes/cluster.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { permissionsOf } from '../../src/kubernetes/permissions.ts';
import { editorParts } from '../support/editorParts.ts';
import { eventually, nodeAt, printChildren } from '../support/printTree.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

const vscode = await import('vscode');
const { actOnObject } = await import('../../src/commands/actOnObject.ts');
const { openWhatMayI, openWhoCan } = await import('../../src/commands/whoCan.ts');

const name = `permissions-${process.pid}`;
const configMap = (namespace: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } });

interface Scene {
  readonly admin: Cluster;
  readonly alice: Cluster;
  readonly bob: Cluster;
  readonly contexts: Contexts;
  /** *Clusters*, with `shop` named by hand in alice's context. */
  readonly forest: Forest;
  /** The sentences that were shown as errors. */
  readonly told: string[];
  /** The pages that were opened. */
  readonly pages: Map<string, Promise<string> | string>;
  readonly parts: never;
  readonly answers: Record<string, unknown>;
}

/** A kubeconfig in which alice comes without groups: the administrator's certificate, acting as her. */
async function kubeconfigOf({ kubernetes }: SandboxEnvironment): Promise<string> {
  const config = parse(await readFile(kubernetes.kubeconfigs.admin, 'utf8'));
  const [{ context }] = config.contexts;
  const [{ user }] = config.users;
  const users = [{ name: 'alice-alone', user: { ...user, as: 'alice' } }];
  const contexts = [{ name: 'keystone', context: { ...context, user: 'alice-alone' } }];
  return stringify({ ...config, users, contexts, 'current-context': 'keystone' });
}

async function withScene(sandbox: SandboxEnvironment, body: (scene: Scene) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'permissions-'));
  const file = join(folder, 'kubeconfig');
  await writeFile(file, await kubeconfigOf(sandbox));
  const http = createHttp();
  const { admin, bob } = sandbox.kubernetes.kubeconfigs;
  const contexts = openContexts({ http, env: { KUBECONFIG: [file, admin, bob].join(':') }, mayRun: async () => false });
  const cluster = async (context: string) => {
    const opened = await contexts.open(context);
    assert.ok(opened.ok, JSON.stringify(opened));
    return opened.value;
  };
  const filter = { of: () => [], typed: () => ['shop'], onDidChange: () => ({ dispose() {} }) };
  const forest = new Forest(
    openContextRows({
      contexts,
      opened: new Opened(),
      filter,
      otherSide: () => undefined,
      isBound: () => false,
      protection: () => 'open',
    }),
  );
  const told: string[] = [];
  Object.assign(vscode.window, { showErrorMessage: async (message: string) => void told.push(message) });
  const pages: Scene['pages'] = new Map();
  const documents = { provide: (path: string, load: () => Promise<string>) => void pages.set(path, load()) };
  const { parts, answers } = editorParts({} as never);
  const scene: Scene = {
    admin: await cluster('sandbox-admin'),
    alice: await cluster('keystone'),
    bob: await cluster('sandbox-bob'),
    contexts,
    forest,
    told,
    pages,
    parts: { ...parts, contexts, documents } as never,
    answers,
  };
  try {
    for (const namespace of ['shop', 'quota']) assert.ok((await scene.admin.apply(configMap(namespace))).ok);
    await body(scene);
  } finally {
    const refs = ['shop', 'quota'].map((namespace) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace }));
    for (const ref of refs) await scene.admin.delete(ref);
    forest.dispose();
    contexts.dispose();
    http.dispose();
    await rm(folder, { recursive: true });
  }
}

sandboxTest(
  'alice names a namespace that she may not list: deleting is offered and works there; elsewhere it is refused, with who, what and where',
  (sandbox) =>
    withScene(sandbox, async ({ admin, alice, forest, told, parts, answers }) => {
      const rules = await permissionsOf(alice).rules('shop');
      assert.ok(rules.ok && rules.value.incomplete);

      const namespaces = await printChildren(forest, await nodeAt(forest, 'keystone'));
      assert.match(
        namespaces,
        /^▸ default .*\n▸ shop .*\n! keystone forbids it: .*cannot list resource "namespaces".*\nName a namespace…/,
      );
      const row = () => nodeAt(forest, 'keystone', 'shop', 'Config', 'ConfigMaps', name);
      const words = async () => (await row()).row.words.join(' ');
      assert.match(await words(), /can:deleteObject\b/);
      await settled(alice, 'delete', 'shop');
      assert.match(await words(), /can:editObject\b.*can:deleteObject\b/);
      answers['confirm Delete'] = true;
      await actOnObject(parts, 'deleteObject', [await row()]);
      assert.deepEqual(told, []);
      const gone = await admin.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name });
      assert.ok(!gone.ok && gone.failure.reason === 'notFound');

      const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'quota', name };
      await actOnObject(parts, 'deleteObject', [{ row: { subject: { of: 'object', cluster: alice, ref } } } as never]);
      assert.deepEqual(told, [
        `alice may not delete configmaps "${name}" in namespace quota of keystone. Ask who administers it for a role that allows this.`,
      ]);
      assert.ok((await admin.get(ref)).ok);
      assert.match(
        await printChildren(forest, await nodeAt(forest, 'keystone', 'default', 'Config', 'ConfigMaps')),
        /^! keystone forbids it: .*User "alice" cannot list resource "configmaps".*Ask who administers it/,
      );
    }),
);

/** Waits until the question has an answer. */
async function settled(cluster: Cluster, verb: string, namespace: string): Promise<void> {
  const known = async () => permissionsOf(cluster).known(namespace, { verb, group: '', resource: 'configmaps' }).answer;
  assert.notEqual(await eventually(known, (answer) => answer !== 'unknown'), 'unknown');
}

sandboxTest('bob, who may look only, is offered to look only', (sandbox) =>
  withScene(sandbox, async ({ bob, forest }) => {
    const row = () => nodeAt(forest, 'sandbox-bob', 'shop', 'Config', 'ConfigMaps', name);
    await row();
    await settled(bob, 'delete', 'shop');
    const offered = await eventually(
      async () => (await row()).row.words.join(' '),
      (words) => !words.includes('can:deleteObject'),
    );
    assert.match(offered, /can:describe .*can:copyKey can:openKey\b/);
    assert.doesNotMatch(offered, /can:(delete|edit|label|annotate)/);
  }),
);

sandboxTest(
  'who can is told by the bindings of the namespace and of the cluster, or why they cannot be read; what I may do, by my rules',
  (sandbox) =>
    withScene(sandbox, async ({ admin, bob, pages, parts, answers }) => {
      const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name };
      answers['pick ConfigMap: who can do what?'] = 'delete';
      for (const cluster of [admin, bob]) await openWhoCan(parts, { of: 'object', cluster, ref });
      await openWhatMayI(parts, { of: 'namespace', cluster: bob, name: 'shop' });
      const page = async (path: string) => (await pages.get(path)) ?? assert.fail([...pages.keys()].join('\n'));
      const ofAdmin = await page(`sandbox-admin/shop/who can delete configmaps ${name}`);
      assert.match(ofAdmin, /^Who can delete configmaps permissions-\d+ in namespace shop of sandbox-admin$/m);
      assert.match(ofAdmin, /^Group demo-editors +RoleBinding shop\/editors +ClusterRole edit$/m);
      assert.match(ofAdmin, /^Group system:masters +ClusterRoleBinding cluster-admin +ClusterRole cluster-admin$/m);
      assert.doesNotMatch(ofAdmin, /demo-viewers|Not all/);
      const ofBob = await page(`sandbox-bob/shop/who can delete configmaps ${name}`);
      assert.match(ofBob, /^Nobody, as far as it could be read\.$/m);
      assert.match(ofBob, /^Not all could be read: .*User "bob" cannot list resource "clusterrolebindings"/m);
      const rules = await page('sandbox-bob/shop/what may I do here');
      assert.match(rules, /^What bob may do in namespace shop of sandbox-bob$/m);
      assert.match(rules, /^pods\/log +get, list, watch$/m);
      assert.match(rules, /^There may be more: /m);
    }),
);

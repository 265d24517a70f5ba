/** A shell on a node of the sandbox, without a window: what is asked, the pod that is made, its terminal, and that it is gone in the end. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Pseudoterminal, Terminal } from 'vscode';
import { createHttp } from '../../src/base/http.ts';
import type { Cluster, KubeObject } from '../../src/kubernetes/cluster.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { editorParts } from '../support/editorParts.ts';
import { eventually } from '../support/eventually.ts';
import { sandboxTest } from '../support/sandbox.ts';

const { window } = await import('vscode');
const { openNodeShell } = await import('../../src/commands/openNodeShell.ts');
const { NodeShells } = await import('../../src/commands/nodeShells.ts');

const space = `shell-${process.pid}`;
const worker = 'k8s-prod-worker-1';
const node = { apiVersion: 'v1', kind: 'Node', name: worker };
const spaceOf = (enforce: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: space, labels: { 'pod-security.kubernetes.io/enforce': enforce } },
});

/** What a workspace remembers. */
function memoryOf() {
  const kept = new Map<string, unknown>();
  return {
    keys: () => [...kept.keys()],
    get: (key: string) => kept.get(key),
    update: async (key: string, value: unknown) => void kept.set(key, value),
  };
}

/** The terminals that were opened, and what closes one as its user does. */
function terminals() {
  const opened: { readonly pty: Pseudoterminal; readonly close: () => void }[] = [];
  const listeners = new Set<(terminal: Terminal) => void>();
  Object.assign(window, {
    createTerminal: ({ pty }: { readonly pty: Pseudoterminal }) => {
      const terminal = { show: () => pty.open({ columns: 80, rows: 24 }) } as unknown as Terminal;
      const close = () => {
        pty.close();
        for (const listener of listeners) listener(terminal);
      };
      opened.push({ pty, close });
      return terminal;
    },
    onDidCloseTerminal: (listener: (terminal: Terminal) => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  });
  return opened;
}

sandboxTest(
  'a shell on a node: asked for, refused by Pod Security with its words, opened, gone with its terminal or window',
  async (sandbox) => {
    const http = createHttp();
    const folder = mkdtempSync(join(tmpdir(), 'shell-'));
    const file = join(folder, 'kubeconfig');
    const admin = readFileSync(join(dirname(sandbox.kubernetes.kubeconfig), 'admin.kubeconfig'), 'utf8');
    writeFileSync(file, admin.replace('user: admin}}', `user: admin, namespace: ${space}}}`));
    const contexts = openContexts({ http, env: { KUBECONFIG: file }, mayRun: async () => false });
    const opened = await contexts.open('sandbox-admin');
    assert.ok(opened.ok);
    const cluster = opened.value;
    const shown = terminals();
    const plain = (lines: readonly string[]) =>
      lines.map((one) => one.replaceAll(space, 'SPACE').replaceAll(/worker-1-\w{5}/g, 'worker-1-RANDOM'));
    const attached: string[] = [];
    const socket = cluster.socket.bind(cluster);
    const watched: Cluster['socket'] = async (path, ...more) => {
      const answer = await socket(path, ...more);
      attached.push(`${path} ${answer.ok}`);
      return answer;
    };
    Object.assign(cluster, { socket: watched });
    const memory = memoryOf();
    const partsFor = (settings: { readonly readOnly?: string; readonly protected?: string } = {}) => {
      const { parts, ...told } = editorParts({} as never, settings);
      const nodeShells = new NodeShells({ memory, contexts, prompts: parts.prompts as never, log: parts.log });
      const all = { ...parts, contexts, memory, nodeShells } as never;
      const row = { row: { subject: { of: 'object', cluster, ref: node } } } as never;
      return {
        run: () => openNodeShell(all, row),
        nodeShells,
        answers: told.answers,
        said: () => plain(told.asked),
        logged: () => plain(told.logged),
      };
    };
    const pods = async () => {
      const listed = await cluster.list('v1', 'Pod', { namespace: space });
      assert.ok(listed.ok);
      return listed.value.items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    };
    const question =
      'A privileged pod with image busybox:1.37 runs on node k8s-prod-worker-1 of sandbox-admin in namespace SPACE, with all the rights of the node; it is deleted when the terminal is closed.\nsandbox-admin, as admin';
    try {
      await cluster.apply(spaceOf('restricted'));

      const readOnly = partsFor({ readOnly: 'sandbox-*' });
      await readOnly.run();
      const guarded = partsFor({ protected: 'sandbox-*' });
      await guarded.run();
      const image = 'text Open Node Shell on k8s-prod-worker-1: image [busybox:1.37]';
      assert.deepEqual(readOnly.said(), [image]);
      assert.deepEqual(guarded.said(), [
        image,
        `type k8s-prod-worker-1: Node k8s-prod-worker-1 | ${question}. Type k8s-prod-worker-1 to go on.`,
      ]);

      const refused = partsFor();
      refused.answers['confirm'] = true;
      await refused.run();
      assert.deepEqual(refused.said(), [image, `confirm Enter Node k8s-prod-worker-1? | ${question}`]);
      assert.match(
        refused.logged().join('\n'),
        /^sandbox-admin forbids it: pods "node-debugger-k8s-prod-worker-1-RANDOM" is forbidden: violates PodSecurity "restricted:latest": host namespaces/,
      );
      assert.deepEqual([await pods(), refused.nodeShells.open], [[], []]);

      await cluster.apply(spaceOf('privileged'));
      const allowed = partsFor();
      allowed.answers['confirm'] = true;
      for (let times = 0; times < 3; times++) await allowed.run();
      await eventually('all are attached', async () => attached.length === 3);
      const path = `/api/v1/namespaces/SPACE/pods/node-debugger-k8s-prod-worker-1-RANDOM/attach`;
      const query = 'container=debugger&stdout=true&stderr=false&stdin=true&tty=true';
      assert.deepEqual([...new Set(plain(attached))], [`${path}?${query} true`]);
      assert.deepEqual(
        (await pods()).map(({ spec }) => Reflect.get(spec as object, 'nodeName')),
        [worker, worker, worker],
      );
      assert.equal(shown.length, 3);
      const [first, last] = allowed.nodeShells.open;
      shown[0]?.close();
      await eventually('one pod is gone', async () => allowed.nodeShells.open.length === 2);
      assert.equal(
        (await pods()).some(({ metadata }) => metadata.name === first?.name),
        false,
      );

      // The next window finds what the one before left, and contacts nobody before a yes.
      const next = partsFor();
      await next.nodeShells.tellLeft();
      assert.equal((await pods()).length, 2);
      const pod = 'SPACE/node-debugger-k8s-prod-worker-1-RANDOM';
      const command = "kubectl --context 'sandbox-admin' --namespace 'SPACE' delete pod 'node-debugger-k8s-prod-worker-1-RANDOM'";
      const offer = `offer The privileged pod ${pod} may still be on sandbox-admin. The window ended before it was deleted. Delete it with: ${command}`;
      assert.deepEqual(next.said(), [offer, offer]);
      next.answers['offer'] = 'Delete Pod';
      await next.nodeShells.forget(next.nodeShells.open[0] ?? assert.fail());
      await next.nodeShells.tellLeft();
      assert.deepEqual([(await pods()).length, next.nodeShells.open], [1, []]);

      await memory.update('hybridClusters.nodeShells', [last]);
      await allowed.nodeShells.end();
      assert.deepEqual([await pods(), allowed.nodeShells.open], [[], []]);
      const made = `node shell: pod ${pod} (busybox:1.37) · sandbox-admin · made`;
      const deleted = `node shell: pod ${pod} · sandbox-admin · deleted`;
      assert.deepEqual([allowed.logged(), next.logged().at(-1)], [[made, made, made, deleted, deleted], deleted]);

      const elsewhere = { context: 'gone', namespace: 'shop', name: 'node-debugger-a-b' };
      await next.nodeShells.add(elsewhere);
      await next.nodeShells.remove(elsewhere);
      assert.match(
        next.said().at(-1) ?? '',
        /^offer The privileged pod shop\/node-debugger-a-b may still be on gone\. .*gone.* Delete it with: kubectl --context 'gone'/,
      );
      assert.deepEqual(next.nodeShells.open, [elsewhere]);
    } finally {
      for (const { close } of shown) close();
      await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', name: space });
      contexts.dispose();
      http.dispose();
      rmSync(folder, { recursive: true });
    }
  },
);

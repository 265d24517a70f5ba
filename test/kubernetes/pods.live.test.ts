/**
 * Into pods of the sandbox's API server, over its own translation of WebSockets: programs, files, debug containers, ports. Its pods run programs on this machine, so that what
 * they did can be looked at from here; a node's part in starting a debug container is played by the test.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Result } from '../../src/base/failure.ts';
import { createHttp } from '../../src/base/http.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { addDebugContainer } from '../../src/kubernetes/debugContainer.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { openPodStream, runInPod } from '../../src/kubernetes/podExec.ts';
import { copyFromPod, copyToPod } from '../../src/kubernetes/podFiles.ts';
import { PortForward } from '../../src/kubernetes/portForward.ts';
import { eventually } from '../support/eventually.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

/** Of the test that runs; each has its own, for one that is being deleted makes no pods anew. */
let space = '';
let count = 0;
const labels = { app: 'web' };
const podSpec = { containers: [{ name: 'main', image: 'nginx', ports: [{ containerPort: 80, name: 'http' }] }] };
const objects = (): readonly KubeObject[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: space } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: space },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: space },
    spec: { selector: labels, ports: [{ port: 8080, targetPort: 'http' }] },
  },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'alone', namespace: space }, spec: podSpec },
];
const inAlone = () => ({ namespace: space, pod: 'alone', container: 'main' });
const ref = (kind: string, name: string, apiVersion = 'v1'): ObjectRef => ({ apiVersion, kind, namespace: space, name });

interface Worlds {
  readonly admin: Cluster;
  /** May look at `shop` and change nothing. */
  readonly bob: Cluster;
  readonly folder: string;
}

async function withPods(sandbox: SandboxEnvironment, body: (worlds: Worlds) => Promise<void>): Promise<void> {
  const http = createHttp();
  const open = async (user: 'admin' | 'bob') => {
    const file = join(dirname(sandbox.kubernetes.kubeconfig), `${user}.kubeconfig`);
    return must(await openContexts({ http, env: { KUBECONFIG: file }, mayRun: async () => false }).open(`sandbox-${user}`));
  };
  space = `pods-${process.pid}-${count++}`;
  const [admin, bob] = [await open('admin'), await open('bob')];
  const folder = mkdtempSync(join(tmpdir(), 'pods-'));
  try {
    for (const object of objects()) must(await admin.apply(object));
    await eventually('three pods are ready', async () => (await readyPods(admin)).length === 3);
    await body({ admin, bob, folder });
  } finally {
    await admin.delete({ apiVersion: 'v1', kind: 'Namespace', name: space });
    rmSync(folder, { recursive: true });
    http.dispose();
  }
}

function must<T>(result: Result<T>): T {
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

const reasonOf = (result: Result<unknown>) =>
  result.ok ? 'it went well' : `${result.failure.reason}: ${result.failure.message}`;

async function readyPods(cluster: Cluster): Promise<readonly string[]> {
  const { items } = must(await cluster.list('v1', 'Pod', { namespace: space }));
  return items
    .filter(
      ({ metadata, status }) =>
        metadata.deletionTimestamp === undefined &&
        /"Ready","status":"True"|"status":"True","type":"Ready"/.test(conditions(status)),
    )
    .map(({ metadata }) => metadata.name);
}

/** Each condition with its type and status side by side. */
function conditions(status: unknown): string {
  const found = typeof status === 'object' && status !== null ? Reflect.get(status, 'conditions') : [];
  return (Array.isArray(found) ? found : []).map(({ type, status: is }) => `"${type}","status":"${is}"`).join();
}

sandboxTest('programs run in pods, in a terminal of a size and without one, and refusals are sentences', async (sandbox) => {
  await withPods(sandbox, async ({ admin, bob }) => {
    const alone = inAlone();
    assert.deepEqual(must(await runInPod(admin, alone, ['echo', 'a b', '$HOME'])), { code: 0, out: 'a b $HOME\n', error: '' });
    assert.deepEqual(must(await runInPod(admin, alone, ['sh', '-c', 'exit 3'])).code, 3);
    const [noProgram, noContainer, noPod, notAllowed] = await Promise.all([
      runInPod(admin, alone, ['nosuchprogram']),
      runInPod(admin, { ...alone, container: 'other' }, ['true']),
      runInPod(admin, { ...alone, pod: 'gone' }, ['true']),
      runInPod(bob, { namespace: 'shop', pod: 'db-0', container: 'postgres' }, ['true']),
    ]);
    assert.equal(reasonOf(noProgram), `unsupported: Container main of pod ${space}/alone has no program nosuchprogram.`);
    assert.equal(reasonOf(noContainer), 'invalid: sandbox-admin: container other is not valid for pod alone.');
    assert.equal(reasonOf(noPod), 'notFound: sandbox-admin: pods "gone" not found.');
    assert.match(
      reasonOf(notAllowed),
      /^forbidden: sandbox-bob forbids it: .*cannot get resource "pods\/exec".*in the namespace "shop"/,
    );

    const shell = must(await openPodStream(admin, alone, { command: ['sh'], stdin: true, tty: true }));
    shell.resize(77, 33);
    let text = '';
    let isAsked = false;
    for await (const { bytes } of shell.output) {
      text += Buffer.from(bytes).toString();
      if (isAsked || !/[#$] $/.test(text)) continue;
      isAsked = true;
      await shell.write(Buffer.from('stty size; exit 5\r'));
    }
    assert.match(text, /33 77/);
    assert.deepEqual(await shell.ended, { ok: true, value: { code: 5 } });

    const ending = new AbortController();
    const attached = must(await openPodStream(admin, alone, { stdin: false, tty: false }, ending.signal));
    setTimeout(() => ending.abort(), 300);
    for await (const _ of attached.output);
    assert.equal(reasonOf(await attached.ended), 'cancelled: Cancelled.');
  });
});

sandboxTest('files are copied both ways whole, with progress, and links left out', async (sandbox) => {
  await withPods(sandbox, async ({ admin, folder }) => {
    const alone = inAlone();
    const long = 'x'.repeat(120);
    const [here, there, back] = ['here', 'there', 'back'].map((name) => join(folder, name)) as [string, string, string];
    mkdirSync(join(here, 'sub', long), { recursive: true });
    mkdirSync(there);
    mkdirSync(back);
    writeFileSync(join(here, 'a.txt'), 'hello');
    writeFileSync(join(here, 'sub/big'), Buffer.alloc(5_000_000, 7));
    writeFileSync(join(here, 'sub', long, 'é.txt'), 'long');
    writeFileSync(join(here, 'empty'), '');
    symlinkSync('/etc/passwd', join(here, 'link'));
    const seen: number[] = [];
    const up = must(await copyToPod(admin, alone, here, there, { onProgress: (bytes) => seen.push(bytes) }));
    assert.deepEqual(up, { files: 4, bytes: 5_000_009, skipped: ['here/link'] });
    assert.equal(seen.at(-1), 5_000_009);
    const down = must(await copyFromPod(admin, alone, join(there, 'here'), back));
    assert.deepEqual(down, { files: 4, bytes: 5_000_009, skipped: [] });
    for (const path of ['a.txt', 'sub/big', `sub/${long}/é.txt`, 'empty'])
      assert.ok(readFileSync(join(back, 'here', path)).equals(readFileSync(join(here, path))), path);

    assert.match(
      reasonOf(await copyFromPod(admin, alone, join(there, 'no'), back)),
      /^notFound: tar in container main .*No such file/,
    );
    assert.match(reasonOf(await copyToPod(admin, alone, here, join(there, 'no'))), /^notFound: /);
    assert.match(
      reasonOf(await copyToPod(admin, alone, join(here, 'no'), there)),
      /^invalid: .*\/no cannot be read \(ENOENT\)\.$/,
    );
    const ending = new AbortController();
    const cancelled = copyFromPod(admin, alone, here, back, { signal: ending.signal, onProgress: () => ending.abort() });
    assert.equal(reasonOf(await cancelled), 'cancelled: Cancelled.');
  });
});

sandboxTest('a debug container is added beside what is there, waited for, and refused with its reason', async (sandbox) => {
  await withPods(sandbox, async ({ admin, bob }) => {
    const play = async (state: object, name: (pod: KubeObject) => string) => {
      const find = async () => {
        const pod = must(await admin.get(ref('Pod', 'alone')));
        return name(pod);
      };
      await eventually('it is asked for', async () => (await find()) !== '');
      const status = {
        ephemeralContainerStatuses: [{ name: await find(), image: 'busybox', imageID: '', ready: false, restartCount: 0, state }],
      };
      must(await admin.patch(ref('Pod', 'alone'), { status }, { subresource: 'status' }));
    };
    const nameAt = (index: number) => (pod: KubeObject) => String(debuggers(pod)[index]?.name ?? '');
    const [good] = await Promise.all([
      addDebugContainer(admin, ref('Pod', 'alone'), { image: 'busybox:1.37', target: 'main' }),
      play({ running: { startedAt: '2026-01-01T00:00:00Z' } }, nameAt(0)),
    ]);
    const message = 'Back-off pulling image "nosuch"';
    const [bad] = await Promise.all([
      addDebugContainer(admin, ref('Pod', 'alone'), { image: 'nosuch', target: undefined }),
      play({ waiting: { reason: 'ImagePullBackOff', message } }, nameAt(1)),
    ]);
    const made = debuggers(must(await admin.get(ref('Pod', 'alone'))));
    assert.deepEqual(
      made.map(({ image, targetContainerName: target, stdin, tty }) => ({ image, target, stdin, tty })),
      [
        { image: 'busybox:1.37', target: 'main', stdin: true, tty: true },
        { image: 'nosuch', target: undefined, stdin: true, tty: true },
      ],
    );
    assert.equal(must(good), made[0]?.name);
    assert.equal(reasonOf(bad), `invalid: The debug container of pod alone does not start: image nosuch: ${message}`);
    const forbidden = await addDebugContainer(
      bob,
      { ...ref('Pod', 'db-0'), namespace: 'shop' },
      { image: 'busybox', target: undefined },
    );
    assert.match(reasonOf(forbidden), /^forbidden: sandbox-bob forbids it: .*pods\/ephemeralcontainers/);
  });
});

function debuggers({ spec }: KubeObject): readonly Readonly<Record<string, unknown>>[] {
  const found = typeof spec === 'object' && spec !== null ? Reflect.get(spec, 'ephemeralContainers') : undefined;
  return Array.isArray(found) ? found : [];
}

sandboxTest('a forwarded port answers on, on the same local port, after all its pods were replaced', async (sandbox) => {
  await withPods(sandbox, async ({ admin }) => {
    const [first = ''] = (await readyPods(admin)).filter((name) => name.startsWith('web-'));
    const page = async ({ spec }: PortForward) => (await fetch(`http://127.0.0.1:${spec.localPort}/`)).text();
    const targets = [
      { ref: ref('Service', 'web'), port: 8080 },
      { ref: ref('Deployment', 'web', 'apps/v1'), port: 80 },
      { ref: ref('Pod', first), port: 80 },
    ];
    const forwards: PortForward[] = [];
    try {
      for (const target of targets)
        forwards.push(must(await PortForward.open(admin, { context: 'sandbox-admin', localPort: 0, ...target })));
      for (const forward of forwards) assert.equal(await page(forward), 'a pod of the sandbox\n');
      const [, , ofPod] = forwards;
      assert.deepEqual([ofPod?.spec.ref.kind, ofPod?.pod], ['Deployment', first]);

      const before = (await readyPods(admin)).filter((name) => name.startsWith('web-'));
      for (const name of before) must(await admin.delete(ref('Pod', name)));
      const answers = await Promise.all(forwards.map(page));
      assert.deepEqual(answers, ['a pod of the sandbox\n', 'a pod of the sandbox\n', 'a pod of the sandbox\n']);
      for (const forward of forwards)
        await eventually(
          'it leads to another pod',
          async () => forward.state === 'listening' && !before.includes(forward.pod ?? ''),
        );
      assert.deepEqual(await Promise.all(forwards.map(page)), answers);
    } finally {
      for (const forward of forwards) forward.dispose();
    }
  });
});

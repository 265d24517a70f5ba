import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createHttp } from '../../src/base/http.ts';
import { grouped } from '../../src/explorer/nodes.ts';
import { kindRow } from '../../src/explorer/resourceNodes.ts';
import { firstItems } from '../../src/openstack/client.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import { idOf } from '../../src/openstack/display.ts';
import type { Project } from '../../src/openstack/project.ts';
import { root } from '../vscode-host/places.ts';
import { type Bar, median, rounded } from './bar.ts';
import { watchBlocks } from './longestBlock.ts';

const run = promisify(execFile);
const kind = 'compute.server';
const total = 10_000;
const rounds = { first: 15, idle: 5, whole: 3, again: 5 };
/** Longer than the service keeps a connection that nobody uses (5 s, by Node's default and by Apache's): both sides connect anew. */
const idleMs = 6_000;
const blockMs = 16;
/** The Python that Debian's packages of openstacksdk and the client belong to; the sandbox installs them. */
const python = '/usr/bin/python3';

/** The SDK in a process that is warm: signed in, its modules loaded, asked once before. Each line asks for so many servers, 0 for all; a line of JSON answers. */
const SDK = `
import itertools, json, sys, time, openstack
cloud = openstack.connect(cloud='bench')
next(cloud.compute.servers(), None)
print('ready', flush=True)
for line in sys.stdin:
    began = time.perf_counter()
    ids = [server.id for server in itertools.islice(cloud.compute.servers(), int(line) or None)]
    print(json.dumps({'took': (time.perf_counter() - began) * 1000, 'ids': ids}), flush=True)
`;

/** How long an answer took in ms, and whom it named. */
interface Took {
  readonly took: number;
  readonly ids: readonly string[];
}

interface Opened {
  readonly first: Took;
  readonly whole: Took;
  /** Processor time of the longest block, in ms. */
  readonly longestMs: number;
}

/**
 * G8: 10,000 servers of a scripted cloud in a process of its own: the first ${firstItems} rows as the tree opens the list, and what it shows once all are there, against openstacksdk in a warm process
 * and against `openstack server list`. First rows are asked for in turn, each side in the same state: right after the other, then after a pause in which both lost their connection. All must name the
 * same servers.
 */
export async function listSpeed(): Promise<Bar> {
  await using cloud = await startCloud();
  const project = await openProject(cloud.file);
  await opened(project.value);
  await using sdk = await startSdk(cloud.env);
  const inTurn = async (count: number, pauseMs: number) => {
    const took = { ours: [] as Opened[], sdk: [] as Took[], floor: [] as number[] };
    for (let round = 0; round < count; round++) {
      await delay(pauseMs);
      took.ours.push(await opened(project.value));
      took.sdk.push(await sdk.ask(firstItems));
      took.floor.push(await pageAlone(cloud.url));
    }
    return took;
  };
  const [warm, rested] = [await inTurn(rounds.first, 0), await inTurn(rounds.idle, idleMs)];
  const sdkWhole: Took[] = [];
  for (let round = 0; round < rounds.whole; round++) sdkWhole.push(await sdk.ask(0));
  const cli = await askClient(cloud.env);
  const heapMb = heapOf(project.value);
  const again = await blocksOfLookingAgain(project.value);
  const one = await bytesOfOne(project.value, cloud.url);
  project.dispose();

  const ours = [...warm.ours, ...rested.ours];
  const times = (all: readonly Took[]) => median(all.map(({ took }) => took));
  const first = times(warm.ours.map((list) => list.first));
  const whole = times(ours.map((list) => list.whole));
  const paused = [times(rested.ours.map((list) => list.first)), times(rested.sdk)] as const;
  const blocks = [ours.map(({ longestMs }) => longestMs), again.changes, again.fresh];
  const ratios = {
    sdkFirst: times(warm.sdk) / first,
    sdkWhole: times(sdkWhole) / whole,
    cliFirst: cli.took / first,
    cliWhole: cli.took / whole,
  };
  return {
    bar: 'G8',
    what: `first ${firstItems} rows of 10,000 servers, median in ms, against the warm SDK`,
    ours: rounded(first),
    peer: rounded(times(warm.sdk)),
    ratio: rounded(ratios.sdkFirst),
    goal: `first rows >= 20x the warm SDK and 100x the CLI, whole list >= 2x and 10x; longest block <= ${blockMs} ms; one changed row <= 1/100 of the bytes`,
    met:
      ratios.sdkFirst >= 20 &&
      ratios.sdkWhole >= 2 &&
      ratios.cliFirst >= 100 &&
      ratios.cliWhole >= 10 &&
      Math.max(...blocks.map(median)) <= blockMs &&
      one.whole >= 100 * Math.max(one.row, one.again),
    agree:
      sameServers([...ours.map((list) => list.first), ...warm.sdk, ...rested.sdk], firstItems) &&
      sameServers([...ours.map((list) => list.whole), ...sdkWhole, cli], total),
    more: {
      'the same page by node:http and JSON.parse alone, ms': rounded(median(warm.floor)),
      'first rows after a pause that closed both connections, ours / SDK in ms': `${paused.map(rounded).join(' / ')}, ${rounded(paused[1] / paused[0])}x`,
      'whole list, ours / SDK / CLI in ms': [whole, times(sdkWhole), cli.took].map(Math.round).join(' / '),
      'whole list, times the SDK': rounded(ratios.sdkWhole),
      'first rows and whole list, times the CLI': `${rounded(ratios.cliFirst)} and ${rounded(ratios.cliWhole)}`,
      'longest block of opening / of asking for changes / for all anew, median (worst) in processor ms': blocks
        .map((each) => `${rounded(median(each))} (${rounded(Math.max(...each))})`)
        .join(' / '),
      'heap for 10,000 rows, MB': heapMb,
      'G11: bytes of one row, part of the whole list': `1/${Math.round(one.whole / one.row)}`,
      'G11: bytes of looking again when one row has changed, part of the whole list': `1/${Math.round(one.whole / one.again)}`,
    },
  };
}

/** Signed in, nothing cached: the list as the tree opens it, its first rows, and its rows when all are there. */
async function opened(project: Project): Promise<Opened> {
  project.refresh();
  const { open } = kindRow({ project, kind, otherWorld: () => undefined }, 'Servers', kind);
  const all = Promise.withResolvers<void>();
  const blocks = watchBlocks();
  const began = performance.now();
  const branch = open?.(() => all.resolve());
  const first = (await branch?.rows()) ?? [];
  const firstTook = performance.now() - began;
  await all.promise;
  const last = (await branch?.rows())?.at(-1);
  const took = performance.now() - began;
  const longestMs = blocks.longestMs();
  branch?.dispose();
  if (!last?.label.includes(`of ${grouped(total)})`)) throw new Error(`the list ends with ${last?.label}`);
  const ids = project.peek(kind)?.items.map((item) => idOf(kind, item)) ?? [];
  return { first: { took: firstTook, ids: first.map(({ segment }) => segment) }, whole: { took, ids }, longestMs };
}

function sameServers(all: readonly Took[], count: number): boolean {
  return all[0]?.ids.length === count && new Set(all.map(({ ids }) => JSON.stringify([...ids].sort()))).size === 1;
}

/** Nobody on Node is faster: the first page by its own client on a connection that stands. In ms. */
async function pageAlone(url: string): Promise<number> {
  const began = performance.now();
  const page = Promise.withResolvers<string>();
  const asked = http.get(`${url}/compute/v2.1/servers/detail?limit=${firstItems}`, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => page.resolve(Buffer.concat(chunks).toString()));
  });
  asked.on('error', page.reject);
  JSON.parse(await page.promise);
  return performance.now() - began;
}

/** The longest block of each look again at a list that is known, in ms of processor time. */
async function blocksOfLookingAgain(project: Project): Promise<Readonly<Record<'changes' | 'fresh', readonly number[]>>> {
  const longest = { changes: [] as number[], fresh: [] as number[] };
  await project.list(kind);
  for (let round = 0; round < rounds.again; round++) {
    for (const freshness of ['changes', 'fresh'] as const) {
      const blocks = watchBlocks();
      await project.list(kind, { freshness });
      longest[freshness].push(blocks.longestMs());
    }
  }
  return longest;
}

async function askClient(env: Readonly<Record<string, string>>): Promise<Took> {
  const args = ['--os-cloud', 'bench', 'server', 'list', '--limit', '-1', '-n', '-f', 'json', '-c', 'ID'];
  const began = performance.now();
  const { stdout } = await run('openstack', args, { env: { ...process.env, ...env }, maxBuffer: 2 ** 28 });
  const listed: readonly { readonly ID: string }[] = JSON.parse(stdout);
  return { took: performance.now() - began, ids: listed.map(({ ID }) => ID) };
}

function heapOf(project: Project): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  const full = process.memoryUsage().heapUsed;
  project.refresh();
  collect();
  return rounded((full - process.memoryUsage().heapUsed) / 2 ** 20);
}

/** G11: what one renewed row, and looking again when one row has changed, cost beside the whole list, in bytes of answers. */
async function bytesOfOne(
  project: Project,
  url: string,
): Promise<{ readonly row: number; readonly again: number; readonly whole: number }> {
  const sent = async () => Number(await (await fetch(`${url}/sent`)).text());
  const cost = async (work: () => Promise<unknown>) => {
    const before = await sent();
    await work();
    return (await sent()) - before;
  };
  const whole = await cost(() => project.list(kind, { freshness: 'fresh' }));
  const [first] = project.peek(kind)?.items ?? [];
  const row = await cost(async () => first && project.renew(kind, idOf(kind, first)));
  const names = () => JSON.stringify(project.peek(kind)?.items.map((one) => one['name']));
  const shown = names();
  const again = await cost(() => project.list(kind, { freshness: 'changes' }));
  if (names() === shown || project.peek(kind)?.items.length !== 10_000) throw new Error('what had changed was not seen');
  return { row, again, whole };
}

async function openProject(file: string): Promise<{ readonly value: Project; dispose(): void }> {
  const http = createHttp();
  const clouds = createClouds({ http, env: { OS_CLIENT_CONFIG_FILE: file }, home: '/nonexistent' });
  const cloud = await clouds.open('bench');
  const project = cloud.ok ? await cloud.value.project(undefined) : cloud;
  if (!project.ok) throw new Error(project.failure.message);
  return {
    value: project.value,
    dispose: () => {
      clouds.dispose();
      http.dispose();
    },
  };
}

async function startCloud() {
  const child = spawn(process.execPath, [join(root, 'test/bench/tenThousandServers.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await firstLine(child);
  const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-'));
  const file = join(folder, 'clouds.yaml');
  const auth = {
    auth_url: `${url}/identity/v3`,
    username: 'alice',
    password: 'bench',
    project_name: 'demo',
    user_domain_name: 'Default',
    project_domain_name: 'Default',
  };
  await writeFile(file, JSON.stringify({ clouds: { bench: { auth, region_name: 'RegionOne' } } }));
  return {
    url,
    file,
    env: { OS_CLIENT_CONFIG_FILE: file, HOME: folder },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startSdk(env: Readonly<Record<string, string>>) {
  const child = spawn(python, ['-c', SDK], { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ready = await lines.next();
  if (ready.value !== 'ready') throw new Error('openstacksdk did not start: python3-openstacksdk is needed.');
  return {
    ask: async (count: number): Promise<Took> => {
      child.stdin.write(`${count}\n`);
      return JSON.parse((await lines.next()).value ?? '');
    },
    [Symbol.asyncDispose]: async () => {
      child.kill();
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no output');
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  return value ?? '';
}

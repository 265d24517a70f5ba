import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { HttpRequest } from '../../src/base/http.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import { idOf } from '../../src/openstack/display.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import type { Project } from '../../src/openstack/project.ts';
import { recordingHttp } from '../support/recordingHttp.ts';
import { requireSandbox } from '../support/sandbox.ts';
import { type Bar, median, rounded } from './bar.ts';

const run = promisify(execFile);
const rounds = 7;

/** Kinds and how the command line client lists them, in the order in which a user meets them. */
const lists: readonly (readonly [kind: KindId, ...args: readonly string[]])[] = [
  ['compute.server', 'server', 'list', '-n'],
  ['compute.flavor', 'flavor', 'list'],
  ['image.image', 'image', 'list'],
  ['network.network', 'network', 'list'],
  ['network.subnet', 'subnet', 'list'],
  ['network.port', 'port', 'list'],
  ['network.router', 'router', 'list'],
  ['network.floating_ip', 'floating', 'ip', 'list'],
  ['network.security_group', 'security', 'group', 'list'],
  ['block-storage.volume', 'volume', 'list'],
];

interface Figures {
  readonly kind: KindId;
  /** Medians in ms: shown from what is known, asked of the cloud anew, the same request without us, the command line client's run. */
  readonly known: number;
  readonly anew: number;
  readonly service: number;
  readonly cli: number;
  readonly agree: boolean;
}

/**
 * Ten kinds of the running sandbox in a session that is signed in, against the command line client's whole run, which has none to keep. A list that is known costs no request; one asked for anew takes
 * as long as the service takes, which the same request sent by itself tells. The worst of the ten counts; both sides must name the same resources.
 */
export async function tenKinds(): Promise<Bar> {
  const { openstack } = requireSandbox();
  const env = { OS_CLIENT_CONFIG_FILE: openstack.clouds };
  const http = recordingHttp();
  const clouds = createClouds({ http, env, home: '/nonexistent' });
  try {
    const cloud = await clouds.open('demo');
    const project = cloud.ok ? await cloud.value.project(undefined) : cloud;
    if (!project.ok) throw new Error(project.failure.message);
    const figures: Figures[] = [];
    for (const [kind, ...args] of lists) figures.push(await measured(project.value, kind, args, env, http.sent));
    const [worst] = [...figures].sort((one, other) => one.cli / one.known - other.cli / other.known);
    if (!worst) throw new Error('nothing was measured');
    return {
      bar: 'lists',
      what: `list of each of ${lists.length} kinds of the sandbox when warm, the worst (${worst.kind}), median in ms`,
      ours: rounded(worst.known),
      peer: rounded(worst.cli),
      ratio: rounded(worst.cli / worst.known),
      goal: "known >= 50x the command line client's run; asked for anew <= 1.3x what the service takes",
      met: figures.every(({ known, anew, service, cli }) => cli >= 50 * known && anew <= 1.3 * service),
      agree: figures.every(({ agree }) => agree),
      more: Object.fromEntries(figures.map((one) => [one.kind, lineOf(one)])),
    };
  } finally {
    clouds.dispose();
    http.dispose();
  }
}

function lineOf({ known, anew, service, cli }: Figures): string {
  const times = [known, anew, service, cli].map(rounded).join(' / ');
  return `known / anew / service / CLI ${times} ms; anew ${rounded(cli / anew)}x the CLI`;
}

async function measured(
  project: Project,
  kind: KindId,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  sent: readonly HttpRequest[],
): Promise<Figures> {
  // The first question meets a service that is not warm, and learns its microversion.
  const first = await project.list(kind, { freshness: 'fresh' });
  if (!first.ok) throw new Error(first.failure.message);
  const request = sent.at(-1);
  const took = { known: [] as number[], anew: [] as number[], service: [] as number[] };
  const timed = async (into: number[], work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    into.push(performance.now() - began);
  };
  for (let round = 0; round < rounds; round++) {
    await timed(took.anew, () => project.list(kind, { freshness: 'fresh' }));
    await timed(took.known, () => project.list(kind));
    if (request) await timed(took.service, () => plain(request));
  }
  const ids = (project.peek(kind)?.items ?? []).map((item) => idOf(kind, item));
  const began = performance.now();
  const { stdout } = await run('openstack', ['--os-cloud', 'demo', ...args, '-f', 'json'], { env: { ...process.env, ...env } });
  const cli = performance.now() - began;
  const theirs: readonly string[] = JSON.parse(stdout).map((one: { readonly ID: string }) => one.ID);
  const agree = JSON.stringify([...theirs].sort()) === JSON.stringify([...ids].sort());
  return { kind, known: median(took.known), anew: median(took.anew), service: median(took.service), cli, agree };
}

/** The same request past the extension, its body read. */
async function plain({ url, headers = {} }: HttpRequest): Promise<string> {
  return await (
    await fetch(url, { headers: new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)])) })
  ).text();
}

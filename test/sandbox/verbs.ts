import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Kubernetes } from './api/kubernetes.ts';
import { forgetState, type Half, isRunning, kubernetesHalf, openstackHalf, restoreState, saveState } from './halves.ts';
import { environmentAt, type Place, readEnvironment, type SandboxEnvironment, SCRIPTS } from './place.ts';
import { chooseOffset, takenPorts } from './ports.ts';
import { announcement, findObstacle, type Missing, type Obstacle } from './prerequisites.ts';
import type { Progress } from './progress.ts';
import { recordedIn, residentMiB, startRecorded, stopRecorded } from './recorded.ts';
import { seedDefinitions, seedObjects } from './seed/seed.ts';
import { seedServers } from './seed/servers.ts';

/** The machine cannot hold the sandbox. */
export class CannotRun extends Error {
  readonly code: Obstacle['code'];
  constructor({ code, sentence }: Obstacle) {
    super(sentence);
    this.code = code;
  }
}

interface SeedMark {
  readonly offset: number;
  /** Of everything the seed is made from: another one makes the saved seed worthless. */
  readonly fingerprint: string;
}

const STAND_INS = 'standins';

/** Is everything there that `up` would start? */
export function isUp(place: Place): boolean {
  const standIns = recordedIn(join(place.home, 'run')).some(({ name, alive }) => name === STAND_INS && alive);
  return standIns && readEnvironment(place) !== undefined && [openstackHalf(place), kubernetesHalf(place)].every(isRunning);
}

/**
 * Brings the sandbox up, from the saved seed (or, with `keep`, as it was left). Whatever is missing is installed and seeded first;
 * what an interrupted run left half done is begun anew. Throws {@link CannotRun} before it has changed anything.
 */
export async function up(place: Place, progress: Progress, keep: boolean): Promise<SandboxEnvironment> {
  const known = readEnvironment(place);
  if (known && isUp(place)) {
    progress.say('already up');
    return known;
  }
  const halves = [openstackHalf(place), kubernetesHalf(place)];
  await install(place, progress, halves);
  await stopAll(place, progress, halves);
  try {
    return await start(place, progress, halves, keep);
  } catch (error) {
    await stopAll(place, progress, halves);
    throw error;
  }
}

async function start(place: Place, progress: Progress, halves: readonly Half[], keep: boolean): Promise<SandboxEnvironment> {
  const saved = await savedSeed(place, progress);
  const offset = saved?.offset ?? (await chooseOffset());
  if (offset === undefined) throw new CannotRun(noPorts());
  if (saved) {
    if (!keep) await Promise.all(halves.map(restoreState));
    progress.say(keep ? 'goes on from the state it was left in' : 'saved seed restored');
    await startAll(progress, halves, offset);
  } else {
    await makeSeed(place, progress, halves, offset);
  }
  await startStandIns(place, offset);
  const environment = environmentAt(place, offset);
  await writeFile(place.environmentFile, `${JSON.stringify(environment, null, 2)}\n`);
  return environment;
}

/** Back to the saved seed, whatever happened since. */
export async function reset(place: Place, progress: Progress): Promise<SandboxEnvironment> {
  await down(place, progress);
  return up(place, progress, false);
}

/** Stops everything the sandbox started, and nothing else. */
export async function down(place: Place, progress: Progress): Promise<void> {
  await stopAll(place, progress, [openstackHalf(place), kubernetesHalf(place)]);
}

/** One line per process: name, id, memory; the last says whether all is up. */
export function status(place: Place): string[] {
  const groups: [string, string][] = [
    ['OpenStack', join(place.openstack, 'run')],
    ['Kubernetes', join(place.kubernetes, 'run')],
    ['stand-ins', join(place.home, 'run')],
  ];
  const lines = groups.flatMap(([group, folder]) =>
    recordedIn(folder).map(({ name, pid, alive }) => {
      const state = alive ? `pid ${String(pid).padEnd(8)} ${residentMiB(pid).toFixed(0).padStart(5)} MiB` : 'not running';
      return `${group.padEnd(11)} ${name.padEnd(11)} ${state}`;
    }),
  );
  return [...lines, isUp(place) ? 'up' : 'not up'];
}

async function install(place: Place, progress: Progress, [openstack, kubernetes]: readonly Half[]): Promise<void> {
  const missing: Missing = { packages: !openstack?.isFetched(), controlPlane: !kubernetes?.isFetched() };
  const obstacle = await findObstacle(place, missing);
  if (obstacle) throw new CannotRun(obstacle);
  for (const line of announcement(missing)) progress.say(line);
  await mkdir(place.openstack, { recursive: true });
  await mkdir(place.kubernetes, { recursive: true });
  const fetches: [Half | undefined, boolean][] = [
    [openstack, missing.packages],
    [kubernetes, missing.controlPlane],
  ];
  await Promise.all(fetches.map(([half, wanted]) => (wanted ? fetchHalf(progress, half) : undefined)));
}

async function fetchHalf(progress: Progress, half: Half | undefined): Promise<void> {
  if (half === undefined) return;
  progress.say(`${half.name}: installing`);
  const alive = setInterval(() => progress.say(`${half.name}: still installing`), 30_000);
  try {
    await half.fetch(progress);
    progress.say(`${half.name}: installed`);
  } finally {
    clearInterval(alive);
  }
}

/** The saved seed, if it is whole, made from what the seed is made from today, and its ports are free. */
async function savedSeed(place: Place, progress: Progress): Promise<SeedMark | undefined> {
  if (!existsSync(place.seedMark)) return undefined;
  const mark = JSON.parse(readFileSync(place.seedMark, 'utf8')) as SeedMark;
  const wanted = process.env['SANDBOX_OFFSET'];
  const taken = await takenPorts(mark.offset);
  if (mark.fingerprint !== fingerprint()) progress.say('the seed has changed since it was saved: it is made anew');
  else if (taken.length > 0)
    progress.say(`port ${taken[0]} of the saved seed is in use by another program: seeding anew on other ports`);
  else if (!wanted || Number(wanted) === mark.offset) return mark;
  return undefined;
}

async function makeSeed(place: Place, progress: Progress, halves: readonly Half[], offset: number): Promise<void> {
  await rm(place.seedMark, { force: true });
  await rm(join(place.kubernetes, 'pki'), { recursive: true, force: true });
  await Promise.all(halves.map(forgetState));
  await startAll(progress, halves, offset);
  await seed(place, progress, offset);
  await stopAll(place, progress, halves);
  await Promise.all(halves.map(saveState));
  const mark: SeedMark = { offset, fingerprint: fingerprint() };
  await writeFile(place.seedMark, `${JSON.stringify(mark)}\n`);
  progress.say('seed saved');
  await startAll(progress, halves, offset);
}

async function seed(place: Place, progress: Progress, offset: number): Promise<void> {
  const { openstack, kubernetes } = environmentAt(place, offset);
  const cluster = new Kubernetes(kubernetes.kubeconfig);
  try {
    const [values] = await Promise.all([seedServers(openstack.clouds, openstack.region), seedDefinitions(cluster)]);
    progress.say('seed: servers, networks and load balancers; custom resource definitions');
    await startStandIns(place, offset);
    await seedObjects(cluster, values, openstack.clouds);
    progress.say('seed: Nodes, machines, volumes, Services');
  } finally {
    cluster.close();
  }
}

async function startAll(progress: Progress, halves: readonly Half[], offset: number): Promise<void> {
  await Promise.all(halves.map((half) => half.start(progress, offset)));
}

async function stopAll(place: Place, progress: Progress, halves: readonly Half[]): Promise<void> {
  await rm(place.environmentFile, { force: true });
  await stopRecorded(join(place.home, 'run'), STAND_INS);
  await Promise.all(halves.map((half) => half.stop(progress)));
}

async function startStandIns(place: Place, offset: number): Promise<void> {
  const { openstack, kubernetes, standInLog } = environmentAt(place, offset);
  const folder = join(place.home, 'run');
  await mkdir(folder, { recursive: true });
  await writeFile(standInLog, '');
  const command = [
    process.execPath,
    join(SCRIPTS, 'standins/standins.ts'),
    openstack.clouds,
    kubernetes.kubeconfig,
    String(18_080 + offset),
  ];
  startRecorded(folder, STAND_INS, command, standInLog);
  for (let tries = 0; tries < 300; tries++) {
    if (readFileSync(standInLog, 'utf8').includes(' ready\n')) return;
    if (!recordedIn(folder).some(({ name, alive }) => name === STAND_INS && alive)) break;
    await sleep(100);
  }
  throw new Error(`The stand-in controllers did not start; ${standInLog} says why.`);
}

/** Of the scripts, the seed and the definitions: what decides how a fresh sandbox looks. */
function fingerprint(): string {
  const hash = createHash('sha256');
  const crds = fileURLToPath(new URL('../fixtures/crds', import.meta.url));
  for (const folder of [join(SCRIPTS, 'seed'), join(SCRIPTS, 'openstack'), join(SCRIPTS, 'kubernetes'), crds]) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    for (const file of files) {
      const path = join(folder, file);
      if (/\.(ts|yaml|py|mod)$|up\.sh$/.test(file) && statSync(path).isFile()) hash.update(file).update(readFileSync(path));
    }
  }
  return hash.digest('hex');
}

function noPorts(): Obstacle {
  const wanted = process.env['SANDBOX_OFFSET'];
  const sentence = wanted
    ? `The sandbox was told to add ${wanted} to its ports (SANDBOX_OFFSET), and some of them are in use. Choose another number or leave it to "up".`
    : 'The sandbox found its ports taken at every offset it knows. Stop another sandbox ("npm run sandbox -- down" in its checkout) or set SANDBOX_OFFSET.';
  return { code: 'noPorts', sentence };
}

import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { diskFiles } from '../../src/cli/diskFiles.ts';
import { discover } from '../../src/deploy/files/discover.ts';
import { gather } from '../../src/deploy/files/gather.ts';
import { noLookup } from '../../src/deploy/live/projectLookup.ts';
import { median } from './bar.ts';
import { configMaps, DeployBench, timed } from './deployBench.ts';

/** A figure with its goal. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly goal: string;
  readonly met: boolean;
}

const run = promisify(execFile);

/** The figures of a deploy that have no peer: how long it takes where nothing changed, to find, to stop, to see what is wrong; and how much memory it takes. */
export async function deployFigures(): Promise<readonly Figure[]> {
  return [
    most('second run of 1,000 unchanged with 10 ms added, ms', await secondRun(), 2_000),
    most('1,000 documents discovered, read and checked, warm, ms', await discovered(), 150),
    most('cancel until the run is over, ms', median([await cancelled(), await cancelled(), await cancelled()]), 200),
    most(
      'a wrong image is told after, ms',
      await toldAfter(deployment('{name: web, image: "registry.example/web:1.3"}'), /not found/),
      20_000,
    ),
    most('a missing ConfigMap is told after, ms', await toldAfter(missing, /ConfigMap "gone" not found/), 10_000),
    most('memory held by a deploy of 5,000 objects, MB', await memory(), 150),
  ];
}

function most(what: string, value: number, limit: number): Figure {
  return { what, value, goal: `<= ${limit.toLocaleString('en')}`, met: value <= limit };
}

async function secondRun(): Promise<number> {
  await using bench = await DeployBench.open(10);
  const file = await bench.file(configMaps(1_000));
  const space = await bench.space();
  await (await bench.start(await bench.plan(file, space))).end;
  const once = async () => {
    const { run: again, end } = await bench.start(await bench.plan(file, space));
    const { outcome } = await again.done;
    if (outcome !== 'unchanged') throw new Error(`The second run ended as ${outcome}.`);
    await end;
  };
  return median([await timed(once), await timed(once), await timed(once)]);
}

/** A hundred files of ten documents, looked at once before. */
async function discovered(): Promise<number> {
  await using bench = await DeployBench.open(0);
  const folder = join(bench.folder, 'many');
  await mkdir(folder);
  const documents = configMaps(1_000).split('---\n');
  for (let index = 0; index < 100; index += 1)
    await writeFile(join(folder, `${index}.yaml`), documents.slice(index * 10, index * 10 + 10).join('---\n'));
  const once = async () => {
    const { written } = await gather(await discover([folder], diskFiles), noLookup('no cloud'));
    if (written.length !== 1_000) throw new Error(`${written.length} documents were found.`);
  };
  for (let warm = 0; warm < 5; warm += 1) await once();
  return median([await timed(once), await timed(once), await timed(once), await timed(once), await timed(once)]);
}

async function cancelled(): Promise<number> {
  await using bench = await DeployBench.open(20);
  const file = await bench.file(configMaps(500));
  const planned = await bench.plan(file, await bench.space());
  const { run: running } = await bench.start(planned);
  let applied = 0;
  const midway = new Promise<void>((resolve) => {
    running.onDidChange((event) => {
      if (event?.state === 'created' && ++applied === 150) resolve();
    });
  });
  await midway;
  return await timed(async () => {
    running.cancel();
    const { outcome } = await running.done;
    if (outcome !== 'cancelled') throw new Error(`The run ended as ${outcome}.`);
  });
}

const deployment = (container: string) =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [${container}]}}}}`;
const missing = deployment('{name: web, image: "nginx:1.29", envFrom: [{configMapRef: {name: gone}}]}');

/** From the confirmed plan until the run says what is wrong. */
async function toldAfter(text: string, words: RegExp): Promise<number> {
  await using bench = await DeployBench.open(0);
  const planned = await bench.plan(await bench.file(text), await bench.space());
  return await timed(async () => {
    const { sentence } = await (await bench.start(planned)).run.done;
    if (!words.test(sentence)) throw new Error(sentence);
  });
}

/** What planning and applying hold at most, beside what a process holds that has everything loaded. */
async function memory(): Promise<number> {
  const { stdout } = await run(process.execPath, [fileURLToPath(new URL('deployMemorySide.ts', import.meta.url))]);
  return Number(stdout);
}

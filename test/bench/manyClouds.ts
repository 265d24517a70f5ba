import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openClouds } from '../../src/explorer/cloudsNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { ListViews } from '../../src/explorer/listMemory.ts';
import { shortMemory } from '../../src/explorer/memory.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { Places } from '../../src/explorer/places.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import { countingHttp } from '../support/countingHttp.ts';
import { manyClouds } from '../support/manyClouds.ts';
import { type Bar, median, rounded } from './bar.ts';
import { rowTimes } from './rowTimes.ts';

const count = 500;
const goalMs = 100;

/** The loader of openstacksdk on the same file, its modules loaded: reading it and naming the clouds. */
const SDK = `
import json, sys, time
from openstack.config import loader
took = []
for _ in range(5):
    began = time.perf_counter()
    names = loader.OpenStackConfig(config_files=[sys.argv[1]], load_envvars=False).get_cloud_names()
    took.append((time.perf_counter() - began) * 1000)
print(json.dumps({'took': took, 'count': len(names)}))
`;

async function sdkTimes(file: string): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', SDK, file]);
  const answer: { readonly took: readonly number[]; readonly count: number } = JSON.parse(stdout);
  if (answer.count !== count) throw new Error(`openstacksdk read ${answer.count} clouds`);
  return answer.took;
}

/** *Clouds* over a clouds.yaml with 500 entries: reading the file and making the rows. Nobody may be contacted. */
export async function manyCloudsBar(): Promise<Bar> {
  const folder = await mkdtemp(join(tmpdir(), 'many-clouds-'));
  const file = join(folder, 'clouds.yaml');
  await writeFile(file, manyClouds(count));
  const http = countingHttp();
  const { ours, first, processor, rows } = await rowTimes(() => {
    const clouds = createClouds({ http, env: { OS_CLIENT_CONFIG_FILE: file }, home: folder });
    const parts = { clouds, opened: new Opened(), otherWorld: () => undefined, isBound: () => false };
    const arranged = {
      places: new Places(shortMemory(), shortMemory()),
      views: new ListViews(shortMemory(), shortMemory()),
    };
    return { forest: new Forest(openClouds({ ...parts, ...arranged })), source: clouds };
  });
  const peer = rounded(median(await sdkTimes(file)));
  await rm(folder, { recursive: true });
  return {
    bar: 'clouds',
    what: `${count} entries of clouds.yaml as rows, read and shown (ms)`,
    ours,
    peer,
    ratio: rounded(peer / ours),
    goal: `< ${goalMs} ms, nobody contacted`,
    met: ours < goalMs,
    agree: rows === count && http.asked === 0,
    more: { 'the first time': first, 'of the processor': processor, requests: http.asked },
  };
}

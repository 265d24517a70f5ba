import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Bar, median, rounded } from './bar.ts';

/** G6: the first validation of a manifest by a schema just read, in a process just started: our walk over the schema against ajv, which compiles it. */
export async function coldSchema({ rounds = 7 } = {}): Promise<Bar> {
  const seen: Record<'ours' | 'ajv', Cold[]> = { ours: [], ajv: [] };
  for (let round = 0; round < rounds; round += 1) for (const side of ['ours', 'ajv'] as const) seen[side].push(await cold(side));
  const [ours, peer] = [median(seen.ours.map(({ ms }) => ms)), median(seen.ajv.map(({ ms }) => ms))];
  return {
    bar: 'G6',
    what: 'the first validation of an OpenStackMachineTemplate in a process just started, median in ms',
    ours: rounded(ours),
    peer: rounded(peer),
    ratio: rounded(peer / ours),
    goal: '>= 20x',
    met: peer / ours >= 20,
    agree: seen.ours.every(({ paths }, index) => paths === seen.ajv[index]?.paths && paths !== ''),
    more: { 'mistakes found by both': seen.ours[0]?.paths ?? '' },
  };
}

interface Cold {
  readonly ms: number;
  /** Where mistakes are. */
  readonly paths: string;
}

function cold(side: 'ours' | 'ajv'): Promise<Cold> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('coldSchemaSide.ts', import.meta.url)), side], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(JSON.parse(output) as Cold));
  });
}

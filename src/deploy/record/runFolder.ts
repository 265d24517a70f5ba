import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../base/failure.ts';
import { writePrivateBytes } from '../../base/privateFile.ts';
import { packRecord, unpackRecord } from './packedRecord.ts';
import type { RunRecord } from './runRecord.ts';

const ENDING = '.run.json.gz';

/** The runs of this machine that are over: per set the last ones, each a compressed file that only its owner may read. */
export class RunFolder {
  readonly #folder: string;
  readonly #keep: number;

  /** `keep`: how many runs of a set; the last that succeeded is kept beside them. */
  constructor(folder: string, keep = 10) {
    this.#folder = folder;
    this.#keep = keep;
  }

  /** Keeps a run. Fails with `invalid` when the disk does not take it; the run itself is over and stands. */
  async keep(record: RunRecord): Promise<Result<void>> {
    const folder = this.#folderOf(record.set);
    const written = await writePrivateBytes(join(folder, `${record.run}${ENDING}`), await packRecord(record));
    if (written.ok) await this.#rotate(record);
    return written;
  }

  /** The runs of a set, newest first. One that cannot be read is not there. */
  async of(set: string): Promise<readonly RunRecord[]> {
    return this.#readAll(this.#folderOf(set));
  }

  /** The runs of all sets, newest first. */
  async all(): Promise<readonly RunRecord[]> {
    const sets = await readdir(this.#folder).catch(() => []);
    const runs = (await Promise.all(sets.map((set) => this.#readAll(join(this.#folder, set))))).flat();
    return runs.sort((one, other) => other.startedAt - one.startedAt);
  }

  #folderOf(set: string): string {
    return join(this.#folder, createHash('sha256').update(set).digest('hex').slice(0, 32));
  }

  async #readAll(folder: string): Promise<RunRecord[]> {
    const names = (await namesIn(folder)).toReversed();
    const read = await Promise.all(names.map((name) => readRecord(join(folder, name))));
    return read.flatMap((record) => record ?? []);
  }

  async #rotate({ set }: RunRecord): Promise<void> {
    const folder = this.#folderOf(set);
    const names = await namesIn(folder);
    const tooMany = names.slice(0, Math.max(0, names.length - this.#keep));
    if (tooMany.length === 0) return;
    const runs = await this.#readAll(folder);
    const good = runs.find(({ summary }) => summary.outcome === 'succeeded')?.run;
    const old = tooMany.filter((name) => name !== `${good}${ENDING}`);
    await Promise.all(old.map((name) => rm(join(folder, name), { force: true })));
  }
}

/** Names of runs begin with their time. */
async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith(ENDING)).sort();
}

async function readRecord(path: string): Promise<RunRecord | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes && unpackRecord(bytes);
}

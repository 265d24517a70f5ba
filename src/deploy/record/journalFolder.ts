import { createHash } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Failure, failed, type Result, success } from '../../base/failure.ts';
import {
  type Begin,
  type Holder,
  heldFailure,
  type Journal,
  type JournalRecord,
  type JournalState,
  journalLine,
  readJournal,
} from './journal.ts';

/** How much is kept, and what a test puts in the place of the disk. */
export interface JournalFolderOptions {
  /** Journals of ended runs kept per set; default 10. */
  readonly keep?: number;
  /** Largest journal in bytes; what is longer is not begun, or stops its run. Default 16 MiB: some 60,000 steps. */
  readonly maxBytes?: number;
  /** Appends to a file and resolves when the disk has it. */
  readonly append?: (file: FileHandle, text: string) => Promise<void>;
  readonly now?: () => number;
  /** Whether the owner of a journal lives; by default this machine's processes are asked. */
  readonly isRunning?: (holder: Holder) => boolean;
}

/** A journal whose run did not end, of nobody who still lives. */
export interface Unfinished {
  readonly set: string;
  readonly state: JournalState;
}

/** A journal that is being written. While it is open, nobody else on this machine begins the same set. */
export interface OpenJournal extends Journal {
  /** Who was killed while deploying the same set, as the journal that this one follows says; undefined when the last run came to its end. */
  readonly killed?: Holder;
  /** Files it among the ended ones when its end was written; else it stays to be carried on. */
  close(): Promise<void>;
}

/** The journal of the run that goes on. Its name is the lock: only one can make it. */
const CURRENT = 'current.jsonl';
/** The owner touches its journal so often; one that was not touched for so long has no owner. As the Lease on the cluster. */
const RENEW_MS = 15_000;
const EXPIRY_MS = 45_000;

/**
 * The journals of this machine: a folder per set, in it the journal of the run that goes on and those of the last runs. Only the owner may read them (mode 0600 in folders of 0700).
 * No state in it needs to be unlocked: the journal of somebody who is gone is set aside by the next run.
 */
export class JournalFolder {
  readonly #folder: string;
  readonly #options: Required<JournalFolderOptions>;

  constructor(folder: string, options: JournalFolderOptions = {}) {
    this.#folder = folder;
    this.#options = { keep: 10, maxBytes: 16 * 1024 * 1024, append: appendSynced, now: Date.now, isRunning, ...options };
  }

  /**
   * Begins the journal of a run. Fails with `conflict` while another window's run of the same set goes on, and with `invalid` when the disk does not take it: then nothing is deployed.
   * With `takeOver`, which the user said, the other run stops before its next write.
   */
  async begin(record: Begin, { takeOver = false } = {}): Promise<Result<OpenJournal>> {
    const folder = this.#folderOf(record.set);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const free = await this.#setAside(folder, record, takeOver);
      if (!free.ok) return free;
      const file = await open(join(folder, CURRENT), 'wx', 0o600);
      const { ino } = await file.stat();
      const journal = new WrittenJournal(folder, record.run, { file, ino }, this.#options, free.value);
      const written = await journal.write(record);
      if (written.ok) return success(journal);
      await journal.discard();
      return written;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return this.#held(folder, record);
      return failed(
        'invalid',
        `The deploy was not begun: its journal ${folder} cannot be written (${codeOf(error)}). Make room there, then deploy again.`,
      );
    }
  }

  /** The runs that were killed: to be carried on, looked at or abandoned. What cannot be read is not there. */
  async unfinished(): Promise<readonly Unfinished[]> {
    const sets = await readdir(this.#folder).catch(() => []);
    const found = await Promise.all(sets.map((set) => this.#read(join(this.#folder, set))));
    return found.flatMap((one) =>
      one && !one.alive && one.state.ok && one.state.value.end === undefined
        ? [{ set: one.state.value.begin.set, state: one.state.value }]
        : [],
    );
  }

  /** Sets the journal of a killed run aside, so that nobody is asked about it again. One whose owner lives stays. */
  async abandon({ state: { begin } }: Unfinished): Promise<void> {
    await this.#setAside(this.#folderOf(begin.set), begin);
  }

  #folderOf(set: string): string {
    return join(this.#folder, createHash('sha256').update(set).digest('hex').slice(0, 32));
  }

  /** Makes way for a new journal, unless the owner of the one that is there lives. Resolves to the owner when a crash ended the run. */
  async #setAside(folder: string, record: Begin, takeOver = false): Promise<Result<Holder | undefined>> {
    const known = await this.#read(folder);
    if (known === undefined) return success(undefined);
    if (known.alive && !takeOver) return this.#held(folder, record);
    const name = known.state.ok ? known.state.value.begin.run : `damaged-${this.#options.now()}`;
    const aside = join(folder, `${name}.interrupted.jsonl`);
    await rename(join(folder, CURRENT), aside).catch(() => undefined);
    // somebody else set it aside and began anew in between: that one is theirs
    const moved = await readState(aside);
    if (moved.ok && known.state.ok && moved.value.begin.run !== known.state.value.begin.run) {
      await link(aside, join(folder, CURRENT)).catch(() => undefined);
      return this.#held(folder, record);
    }
    await rotate(folder, this.#options.keep);
    return success(known.alive || !known.state.ok ? undefined : known.state.value.begin.holder);
  }

  async #held(folder: string, record: Begin): Promise<Result<never>> {
    const { name, target } = record;
    const known = await readState(join(folder, CURRENT));
    if (known.ok) {
      const { holder, at } = known.value.begin;
      return { ok: false, failure: heldFailure(name, holder, at, target) };
    }
    return { ok: false, failure: heldFailure(name, { host: hostname() }, this.#options.now(), target) };
  }

  async #read(folder: string): Promise<{ readonly state: Result<JournalState>; readonly alive: boolean } | undefined> {
    const path = join(folder, CURRENT);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return undefined;
    const state = await readState(path);
    const fresh = this.#options.now() - found.mtimeMs < EXPIRY_MS;
    // an empty one that is fresh: its owner is about to write the first line
    const owner = state.ok ? this.#options.isRunning(state.value.begin.holder) : true;
    return { state, alive: fresh && owner && !(state.ok && state.value.end) };
  }
}

class WrittenJournal implements OpenJournal {
  readonly killed?: Holder;
  readonly #folder: string;
  readonly #run: string;
  readonly #file: FileHandle;
  readonly #ino: number;
  readonly #options: Required<JournalFolderOptions>;
  readonly #renewal: NodeJS.Timeout;
  #size = 0;
  #ended = false;
  #trouble: Failure | undefined;
  #waiting: { readonly text: string; readonly done: (result: Result<void>) => void }[] = [];
  #flushing = false;

  constructor(
    folder: string,
    run: string,
    { file, ino }: { readonly file: FileHandle; readonly ino: number },
    options: Required<JournalFolderOptions>,
    killed: Holder | undefined,
  ) {
    if (killed) this.killed = killed;
    this.#ino = ino;
    this.#folder = folder;
    this.#run = run;
    this.#file = file;
    this.#options = options;
    this.#renewal = setInterval(() => void this.#renew(), RENEW_MS).unref();
  }

  /** Records that come together go to the disk together: one sync for all of them. */
  write(record: JournalRecord): Promise<Result<void>> {
    if (record.is === 'end') this.#ended = true;
    return new Promise((done) => {
      this.#waiting.push({ text: journalLine(record), done });
      void this.#flush();
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#renewal);
    await this.#file.close().catch(() => undefined);
    if (this.#trouble?.reason === 'conflict') return;
    if (!this.#ended || this.#trouble) {
      // nobody holds it any more, though its window lives: the next run of the same window carries on
      await utimes(join(this.#folder, CURRENT), 0, 0).catch(() => undefined);
      return;
    }
    // the next run may have begun since the end was written: then the journal that goes on is its own
    const current = await stat(join(this.#folder, CURRENT)).catch(() => undefined);
    if (current?.ino !== this.#ino) return;
    // what is damaged or gone meanwhile is the next run's to find
    await rename(join(this.#folder, CURRENT), join(this.#folder, `${this.#run}.jsonl`)).catch(() => undefined);
    await rotate(this.#folder, this.#options.keep);
  }

  /** Nothing was done yet: there is nothing to carry on. */
  async discard(): Promise<void> {
    clearInterval(this.#renewal);
    await this.#file.close().catch(() => undefined);
    await rm(join(this.#folder, CURRENT), { force: true });
  }

  async #flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const result = await this.#append(batch.map(({ text }) => text).join(''));
      for (const { done } of batch) done(result);
    }
    this.#flushing = false;
  }

  async #append(text: string): Promise<Result<void>> {
    const size = this.#size + Buffer.byteLength(text);
    if (!this.#trouble && size > this.#options.maxBytes)
      this.#trouble = {
        reason: 'invalid',
        message: `${this.#stopped()} (it is larger than ${this.#options.maxBytes} bytes). Deploy fewer objects at once.`,
      };
    const current = await stat(join(this.#folder, CURRENT)).catch(() => undefined);
    if (current?.ino !== this.#ino)
      this.#trouble ??= {
        reason: 'conflict',
        message: 'Another window took over this deploy. Nothing more was written from here.',
      };
    if (this.#trouble) return { ok: false, failure: this.#trouble };
    try {
      await this.#options.append(this.#file, text);
      this.#size = size;
      return success(undefined);
    } catch (error) {
      // a line may be half there: nothing is to follow it
      this.#trouble = {
        reason: 'invalid',
        message: `${this.#stopped()} (${codeOf(error)}). Make room there, then deploy again: it carries on.`,
      };
      return { ok: false, failure: this.#trouble };
    }
  }

  #stopped(): string {
    return `The deploy was stopped: its journal ${this.#folder} cannot be written`;
  }

  async #renew(): Promise<void> {
    const now = new Date(this.#options.now());
    await this.#file.utimes(now, now).catch(() => undefined);
  }
}

async function appendSynced(file: FileHandle, text: string): Promise<void> {
  await file.appendFile(text);
  await file.datasync();
}

async function readState(path: string): Promise<Result<JournalState>> {
  try {
    return readJournal(await readFile(path, 'utf8'));
  } catch (error) {
    return failed('invalid', `${path} cannot be read (${codeOf(error)}).`);
  }
}

/** Names of runs sort by time. */
async function rotate(folder: string, keep: number): Promise<void> {
  const ended = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.jsonl') && name !== CURRENT).sort();
  await Promise.all(ended.slice(0, Math.max(0, ended.length - keep)).map((name) => rm(join(folder, name), { force: true })));
}

/** Of another machine, whose home this folder is too, only its last touch tells. */
function isRunning({ host, pid }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partBeside } from '../base/partBeside.ts';
import type { HandedSchema } from '../protocol.ts';

/** Which schema: of a kind, as one context's cluster publishes it. */
export interface SchemaQuestion {
  readonly context: string;
  readonly apiVersion: string;
  readonly kind: string;
}

/** A schema as it was read last, and the version of its group's schemas then. */
export interface KeptSchema {
  readonly version: string;
  readonly schema: HandedSchema;
}

const defaultLimit = 64 * 1024 * 1024;

/**
 * Schemas on disk, below the extension's storage: each text once, by its hash, and for each question a small file that says which. Bounded: what was not read for longest goes.
 * What cannot be read or written is not there; it is only a cache.
 */
export class SchemaCache {
  readonly #folder: string;
  readonly #limit: number;

  /** `limit` in bytes. The folder is made when first written to. */
  constructor(folder: string, limit: number = defaultLimit) {
    this.#folder = folder;
    this.#limit = limit;
  }

  async get(question: SchemaQuestion): Promise<KeptSchema | undefined> {
    const answer = (await this.#read(answerName(question))) as { version?: unknown; hash?: unknown } | undefined;
    if (typeof answer?.version !== 'string' || typeof answer.hash !== 'string' || !/^[0-9a-f]{64}$/.test(answer.hash))
      return undefined;
    const schema = (await this.#read(textName(answer.hash))) as HandedSchema | undefined;
    return schema?.hash === answer.hash ? { version: answer.version, schema } : undefined;
  }

  async put(question: SchemaQuestion, { version, schema }: KeptSchema): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
      await this.#write(textName(schema.hash), schema);
      await this.#write(answerName(question), { version, hash: schema.hash });
      await this.#prune();
    } catch {
      // A full or read-only disk: the cluster is asked next time.
    }
  }

  async #read(name: string): Promise<unknown> {
    const path = join(this.#folder, name);
    try {
      const value: unknown = JSON.parse(await readFile(path, 'utf8'));
      await utimes(path, new Date(), new Date());
      return typeof value === 'object' && value !== null ? value : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whole or not at all: another window may read at the same time. */
  async #write(name: string, value: object): Promise<void> {
    const path = join(this.#folder, name);
    const part = partBeside(path);
    await writeFile(part, JSON.stringify(value));
    await rename(part, path);
  }

  async #prune(): Promise<void> {
    const names = await readdir(this.#folder);
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#folder, name);
        const { size, mtimeMs } = await stat(path);
        return { path, size, mtimeMs };
      }),
    );
    let total = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of files.sort((one, other) => one.mtimeMs - other.mtimeMs)) {
      if (total <= this.#limit) return;
      await rm(path, { force: true });
      total -= size;
    }
  }
}

function answerName({ context, apiVersion, kind }: SchemaQuestion): string {
  const who = createHash('sha256')
    .update(JSON.stringify([context, apiVersion, kind]))
    .digest('hex');
  return `${who}.answer.json`;
}

const textName = (hash: string) => `${hash}.schema.json`;

import { open, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** One request as the API server wrote it down. */
export interface AuditLine {
  readonly verb: string;
  readonly uri: string;
  readonly userAgent: string;
  readonly isOurs: boolean;
  /** By its verb; a dry run counts. */
  readonly writes: boolean;
  readonly dryRun: boolean;
}

const WRITING = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** What the API server was asked from a moment on. */
export class AuditLog {
  readonly #file: string;
  #from = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** What was asked until now is of no interest. */
  async skip(): Promise<void> {
    this.#from = (await stat(this.#file)).size;
  }

  async read(): Promise<AuditLine[]> {
    const { size } = await stat(this.#file);
    // the server begins a new file when this one has grown to 100 MB, and keeps the old one beside it
    const full = size < this.#from ? await this.#fullOne() : undefined;
    const texts = full === undefined ? [] : [await readFrom(full, this.#from)];
    const text = [...texts, await readFrom(this.#file, full === undefined ? this.#from : 0)].join('');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => toLine(JSON.parse(line)))
      .filter((line) => line !== undefined);
  }

  /** How often we wrote each object of a namespace (`configmaps/settings`), not counting dry runs. */
  async written(namespace: string, objects: readonly string[]): Promise<readonly number[]> {
    const ours = (await this.read()).filter(({ isOurs, writes, dryRun }) => isOurs && writes && !dryRun);
    const paths = ours.map(({ uri }) => new URL(uri, 'https://host').pathname);
    return objects.map((object) => paths.filter((path) => path.endsWith(`/namespaces/${namespace}/${object}`)).length);
  }

  async #fullOne(): Promise<string | undefined> {
    const folder = dirname(this.#file);
    const name = (await readdir(folder)).filter((one) => /^audit-.*\.log$/.test(one)).sort();
    return name.length > 0 ? join(folder, name.at(-1) ?? '') : undefined;
  }
}

async function readFrom(path: string, from: number): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer.subarray(0, bytesRead).toString();
  } finally {
    await file.close();
  }
}

interface Event {
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly userAgent?: string;
}

function toLine({ stage, verb, requestURI, userAgent = '' }: Event): AuditLine | undefined {
  if (stage !== 'ResponseComplete') return undefined;
  return {
    verb,
    uri: requestURI,
    userAgent,
    isOurs: userAgent.startsWith('hybrid-clusters'),
    writes: WRITING.includes(verb),
    dryRun: new URL(requestURI, 'https://host').searchParams.get('dryRun') === 'All',
  };
}

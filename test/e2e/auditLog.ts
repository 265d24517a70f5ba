import { open, stat } from 'node:fs/promises';

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
    const file = await open(this.#file);
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - this.#from), 0, size - this.#from, this.#from);
      const lines = buffer.subarray(0, bytesRead).toString().split('\n').slice(0, -1);
      return lines.map((line) => toLine(JSON.parse(line))).filter((line) => line !== undefined);
    } finally {
      await file.close();
    }
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

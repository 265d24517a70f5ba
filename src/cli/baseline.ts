import { readFile, writeFile } from 'node:fs/promises';
import { failed, type Result, success } from '../base/failure.ts';

/** A finding that is known: it is told and fails nothing. `file`, `code` and `message` are for the reader of the baseline; the fingerprint decides. */
export interface KnownFinding {
  readonly fingerprint: string;
  readonly file: string;
  readonly code: string;
  readonly message: string;
}

const VERSION = 1;

/** Reads a baseline's text. Fails with `invalid` when it is none, or one of a later version. */
export function parseBaseline(name: string, text: string): Result<readonly KnownFinding[]> {
  const none = failed('invalid', `${name} is no baseline. Write one with --write-baseline.`);
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return none;
  }
  if (typeof read !== 'object' || read === null || !('version' in read) || !('findings' in read)) return none;
  if (read.version !== VERSION || !Array.isArray(read.findings)) return none;
  const findings: unknown[] = read.findings;
  return findings.every(isKnown) ? success(findings) : none;
}

/** The text of a baseline: one finding a line, in the order of files, so that a difference of two can be read. */
export function baselineText(findings: readonly KnownFinding[]): string {
  const key = ({ file, code, fingerprint }: KnownFinding) => `${file}\0${code}\0${fingerprint}`;
  const lines = [...findings]
    .sort((one, other) => (key(one) < key(other) ? -1 : 1))
    .map(({ fingerprint, file, code, message }) => `    ${JSON.stringify({ fingerprint, file, code, message })}`);
  return `{\n  "version": ${VERSION},\n  "findings": [${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n  `}]\n}\n`;
}

/** Reads the baseline of a file. */
export async function readBaseline(file: string): Promise<Result<readonly KnownFinding[]>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  return typeof text === 'string'
    ? parseBaseline(file, text)
    : failed('notFound', `The baseline ${file} cannot be read (${text.code}).`);
}

/** Writes the baseline of a file, as a whole. */
export async function writeBaseline(file: string, findings: readonly KnownFinding[]): Promise<Result<void>> {
  const trouble = await writeFile(file, baselineText(findings)).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error,
  );
  return trouble ? failed('invalid', `The baseline ${file} cannot be written (${trouble.code}).`) : success(undefined);
}

function isKnown(value: unknown): value is KnownFinding {
  const has = (key: string) => typeof (value as Record<string, unknown>)[key] === 'string';
  return typeof value === 'object' && value !== null && ['fingerprint', 'file', 'code', 'message'].every(has);
}

import type { Container } from '../../api/objects.ts';

/** How a container's process ends, if it does: nothing runs here, so its command is read instead. */
export type Ending =
  | { readonly kind: 'runs' }
  | { readonly kind: 'exits'; readonly code: number }
  /** The runtime could not even start it; the words are runc's. */
  | { readonly kind: 'cannotStart'; readonly message: string };

/** Programs that end at once, with what they return. */
const ENDS_AT_ONCE: Readonly<Record<string, number>> = {
  false: 1,
  true: 0,
  echo: 0,
  printf: 0,
  date: 0,
  ls: 0,
  env: 0,
  pwd: 0,
  hostname: 0,
  id: 0,
};
const SHELLS = new Set(['sh', 'bash', 'ash', 'dash']);
/** A program of such a name is in no image. */
const IN_NO_IMAGE = /no-?such|non-?existent|does-?not-?exist|not-?found/i;
const RUNC =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init';

/** Reads `command` and `args`; without a command the image's own program runs, and keeps running. */
export function ending({ command, args }: Container): Ending {
  const [program, ...rest] = [...(command ?? []), ...(args ?? [])];
  if (program === undefined || command === undefined || command.length === 0) return { kind: 'runs' };
  const name = program.split('/').at(-1) ?? program;
  if (IN_NO_IMAGE.test(name)) return { kind: 'cannotStart', message: `${RUNC}: exec: "${program}": ${whyNotFound(program)}` };
  const script = SHELLS.has(name) && rest[0]?.startsWith('-') && rest[0].endsWith('c') ? rest[1] : undefined;
  return script === undefined ? endOf(name, rest) : endOfScript(script);
}

function whyNotFound(program: string): string {
  return program.includes('/') ? `stat ${program}: no such file or directory` : 'executable file not found in $PATH';
}

function endOf(name: string, words: readonly string[]): Ending {
  if (name === 'exit') return { kind: 'exits', code: Number(words[0] ?? 0) };
  const code = ENDS_AT_ONCE[name];
  return code === undefined ? { kind: 'runs' } : { kind: 'exits', code };
}

/** The last statement decides, or the first `exit` that stands alone. */
function endOfScript(script: string): Ending {
  const statements = script
    .split(/[;\n]|&&/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '' && !statement.startsWith('#'));
  const deciding = statements.find((statement) => /^exit\b/.test(statement)) ?? statements.at(-1) ?? 'true';
  const [name = 'true', ...words] = deciding.split(/\s+/);
  return endOf(name, words);
}

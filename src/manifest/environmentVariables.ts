import type { Range } from './finding.ts';

/** One `NAME=value` of a shell file. Ranges count from the text's start. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly nameRange: Range;
  /** Without its quotes. Undefined where the shell works it out: a variable, a command, several values in branches. */
  readonly value: string | undefined;
  /** The value as it is written, with its quotes. */
  readonly valueRange: Range;
  readonly quote: '"' | "'" | '';
}

const assignment =
  /^([ \t]*)(?:export[ \t]+)?([A-Z][A-Z0-9_]*)=("(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*'|[^\s"'#;&|]*)[ \t]*(?:$|[#;])/dgm;

/**
 * The variables that a shell file sets, each once, as it stands at the end. A line that sets one for a single command (`OS_CLOUD=demo openstack …`) sets none.
 * Source: POSIX, Shell Command Language, 2.9.1 Simple Commands.
 */
export function readEnvironment(text: string): readonly EnvironmentVariable[] {
  const found = new Map<string, EnvironmentVariable>();
  for (const match of text.matchAll(assignment)) {
    const [, indent = '', name = '', written = ''] = match;
    const [nameStart, nameEnd] = match.indices?.[2] ?? [0, 0];
    const [start, end] = match.indices?.[3] ?? [0, 0];
    const quote = /^["']/.exec(written)?.[0] as '"' | "'" | undefined;
    const plain = quote ? written.slice(1, -1) : written;
    const isWorkedOut = quote !== "'" && /[$`\\]/.test(plain);
    const before = found.get(name);
    // Of two values one of which stands in a branch nobody knows which it will be.
    const isOpen = before !== undefined && indent !== '' && before.value !== plain;
    found.delete(name);
    found.set(name, {
      name,
      nameRange: { start: nameStart, end: nameEnd },
      value: isWorkedOut || isOpen ? undefined : plain,
      valueRange: { start, end },
      quote: quote ?? '',
    });
  }
  return [...found.values()].sort((one, other) => one.nameRange.start - other.nameRange.start);
}

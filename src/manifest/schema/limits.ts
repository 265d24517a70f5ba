import type { FieldSchema } from './fieldSchema.ts';

/** Longer texts, and patterns that one engine reads otherwise than the other, are left to the server. */
const longest = 128;
const onlyGo = /\[\[:|\\[AzZQEC]|\(\?(?!:)/;
/** What repeats. The server's engine takes any pattern in linear time; ours takes one with repeated groups or many of these for ever. */
const repeats = /[*+]|\{\d+,/g;
const mostRepeats = 3;
const patterns = new Map<string, RegExp | undefined>();
const mostPatterns = 2000;

/** What a value breaks of a schema's limits, as words that follow the name of the field ("takes 1 to 5"); undefined if nothing, or if nobody can be sure. */
export function brokenLimit(value: unknown, schema: FieldSchema): string | undefined {
  if (typeof value === 'string') return brokenByText(value, schema);
  if (typeof value === 'number' || typeof value === 'bigint') return brokenByNumber(value, schema);
  return undefined;
}

/** The same for how many items or fields there are. */
export function brokenCount(count: number, schema: FieldSchema, what: 'Items' | 'Properties'): string | undefined {
  const isList = what === 'Items';
  const least = isList ? schema['minItems'] : schema['minProperties'];
  const most = isList ? schema['maxItems'] : schema['maxProperties'];
  const word = isList ? 'item' : 'field';
  if (typeof least === 'number' && count < least) return `takes at least ${counted(least, word)}`;
  return typeof most === 'number' && count > most ? `takes at most ${counted(most, word)}` : undefined;
}

function brokenByText(value: string, schema: FieldSchema): string | undefined {
  const { minLength: least, maxLength: most, pattern } = schema;
  // Go counts code points.
  const length = typeof least === 'number' || typeof most === 'number' ? [...value.slice(0, 100_000)].length : 0;
  if (typeof least === 'number' && length < least) return `takes a text of at least ${counted(least, 'character')}`;
  if (typeof most === 'number' && length > most) return `takes a text of at most ${counted(most, 'character')}`;
  if (typeof pattern !== 'string' || value.length > longest || compiled(pattern)?.test(value) !== false) return undefined;
  return `takes a text that matches ${pattern}`;
}

function brokenByNumber(value: number | bigint, schema: FieldSchema): string | undefined {
  const { minimum: least, maximum: most } = schema;
  if (typeof least === 'number' && (schema['exclusiveMinimum'] === true ? value <= least : value < least))
    return schema['exclusiveMinimum'] === true ? `takes a number above ${least}` : `takes ${least} or more`;
  if (typeof most === 'number' && (schema['exclusiveMaximum'] === true ? value >= most : value > most))
    return schema['exclusiveMaximum'] === true ? `takes a number below ${most}` : `takes at most ${most}`;
  return undefined;
}

/** A pattern of Go (RE2) that means the same here and ends; undefined otherwise. */
function compiled(pattern: string): RegExp | undefined {
  if (patterns.has(pattern)) return patterns.get(pattern);
  if (patterns.size > mostPatterns) patterns.clear();
  const made = onlyGo.test(pattern) || mayNotEnd(pattern) ? undefined : toRegExp(pattern);
  patterns.set(pattern, made);
  return made;
}

function mayNotEnd(pattern: string): boolean {
  const count = pattern.match(repeats)?.length ?? 0;
  return count > mostRepeats || (/\)(?:[*+]|\{\d+,)/.test(pattern) && (count > 1 || pattern.includes('|')));
}

function toRegExp(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

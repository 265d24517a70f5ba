import { isMap, isScalar, type Node, type Pair, type YAMLMap } from 'yaml';
import type { LocalManifest } from './manifest.ts';
import { keyText, type LocalFinding } from './parse.ts';
import { findAll, rangeOf, textAt } from './path.ts';
import type { FixedValue, FixedValues } from './rule.ts';
import { cinderValues } from './rules/cinderCsi.ts';
import { occmValues } from './rules/occm.ts';
import { serviceConflicts } from './rules/serviceConflicts.ts';

const tables: readonly FixedValues[] = [occmValues, ...cinderValues];

/**
 * What is wrong with a manifest without asking anybody: values that a controller replaces silently by its default, keys that it does not know, values that are no text (the
 * API server refuses those), settings that exclude each other.
 */
export function fixedFindings(manifest: LocalManifest): readonly LocalFinding[] {
  const { apiVersion, kind, root, tree } = manifest;
  const rows = tables.filter((row) => row.in === `${apiVersion} ${kind}`);
  const found = rows.flatMap((row) => {
    const applies = Object.entries(row.when ?? {}).every(([at, value]) => textAt(root, at, tree) === value);
    const node = applies ? findAll(root, row.at, tree)[0]?.node : undefined;
    return isMap(node) ? pairsOf(node).flatMap((pair) => findingsFor(row, pair)) : [];
  });
  return [...found, ...serviceConflicts(manifest)];
}

function pairsOf(map: YAMLMap): readonly Pair<Node, Node | null>[] {
  return map.items as Pair<Node, Node | null>[];
}

function findingsFor(row: FixedValues, { key, value }: Pair<Node, Node | null>): LocalFinding[] {
  const name = keyText(key);
  const known = row.keys[name];
  if (!known) return row.own.test(name) ? [unknownKey(row, name, key)] : [];
  if (!isScalar(value) || value.value === null) return [];
  const range = rangeOf(value);
  if (typeof value.value !== 'string') {
    const message = `${article(row.called)} is a text: write "${value.source}" in quotes, or the API server refuses this ${row.in.split(' ')[1]}.`;
    return [{ range, severity: 'error', code: `${row.called}.notText`, message }];
  }
  const wrong = value.value === '' ? undefined : wrongValue(name, value.value, known);
  return wrong === undefined ? [] : [{ range, severity: 'warning', code: `${row.called}.value`, message: wrong }];
}

function wrongValue(name: string, value: string, { words, integer }: FixedValue): string | undefined {
  const field = name.slice(name.lastIndexOf('/') + 1);
  if (words && !words.includes(value))
    return `${field} takes ${words.map((word) => `"${word}"`).join(', ')}; "${value}" counts as not set.`;
  if (!integer) return undefined;
  const number = Number(value);
  if (!/^[+-]?\d+$/.test(value)) return `${field} takes a whole number; "${value}" counts as not set.`;
  const { from, to = Number.POSITIVE_INFINITY } = integer;
  return number < from || number > to
    ? `${field} takes ${to === Number.POSITIVE_INFINITY ? `${from} or more` : `${from} to ${to}`}.`
    : undefined;
}

function unknownKey({ called, reader, keys, meant = {} }: FixedValues, name: string, key: Node): LocalFinding {
  const last = (text: string) => text.slice(text.lastIndexOf('/') + 1);
  const near = meant[name] ?? Object.keys(keys).find((one) => distanceAtMostTwo(last(one), last(name)));
  return {
    range: rangeOf(key),
    severity: 'warning',
    code: `${called}.unknown`,
    message: `${reader} knows no ${called} "${name}", so it does nothing.${near ? ` Did you mean "${near}"?` : ''}`,
  };
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? `An ${noun}` : `A ${noun}`;
}

function distanceAtMostTwo(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 2) return false;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1)
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1));
    row = next;
  }
  return (row.at(-1) ?? 3) <= 2;
}

import { type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { EnvironmentVariable } from './environmentVariables.ts';
import type { Range } from './finding.ts';
import type { IniEntry, IniSection } from './ini.ts';

/** The sections of a `cloud.conf` by their right spelling: its reader does not mind capitals. Source: cloud-provider-openstack, `pkg/openstack/openstack.go`, `Config`. */
const spelling = ['Global', 'Networking', 'LoadBalancer', 'LoadBalancerClass', 'Route', 'Metadata', 'BlockStorage', 'KeyManager'];

/**
 * An INI text as a mapping: under each section's name the list of those so called; a subname stands under the key `"`, which no entry can have. A section's run is its
 * head; it reaches (third number of its node's range) to its last entry.
 */
export function iniMap(sections: readonly IniSection[]): YAMLMap {
  const end = sections.at(-1)?.entries.at(-1)?.valueRange.end ?? sections.at(-1)?.range.end ?? 0;
  const root = withRange(new YAMLMap(), { start: sections[0]?.range.start ?? 0, end });
  const known = new Map<string, YAMLSeq>();
  for (const { name, subname, range, entries } of sections) {
    const key = spelling.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name;
    const reach = entries.at(-1)?.valueRange.end ?? range.end;
    const section = withRange(new YAMLMap(), range, reach);
    section.items = entries.map(toPair);
    if (subname !== undefined) section.items.unshift(new Pair(scalar('"', range), scalar(subname, range)));
    const list = known.get(key) ?? withRange(new YAMLSeq(), range);
    list.items.push(section);
    withRange(list, { start: list.range?.[0] ?? 0, end: list.range?.[1] ?? 0 }, reach);
    if (known.has(key)) continue;
    known.set(key, list);
    root.items.push(new Pair(scalar(key, range), list));
  }
  return root;
}

/** Variables as a mapping of their names. One whose value is known only when the shell runs has no value here. */
export function environmentMap(variables: readonly EnvironmentVariable[]): YAMLMap {
  const [first, last] = [variables[0], variables.at(-1)];
  const root = withRange(new YAMLMap(), { start: first?.nameRange.start ?? 0, end: last?.valueRange.end ?? 0 });
  root.items = variables.map(({ name, nameRange, value, valueRange, quote }) => {
    const written = value === undefined ? null : scalar(value, valueRange);
    if (written && quote !== '') written.type = quote === '"' ? 'QUOTE_DOUBLE' : 'QUOTE_SINGLE';
    return new Pair(scalar(name, nameRange), written);
  });
  return root;
}

function toPair({ name, nameRange, value, valueRange, quoted, comment }: IniEntry): Pair {
  const written = scalar(value ?? 'true', value === undefined ? nameRange : valueRange);
  if (quoted) written.type = 'QUOTE_DOUBLE';
  // A comment that touches the value was hardly meant as one; any other says nothing.
  if (comment !== undefined && comment === valueRange.end) written.comment = '#';
  return new Pair(scalar(name.toLowerCase(), nameRange), written);
}

function scalar(value: string, range: Range): Scalar {
  return withRange(new Scalar(value), range);
}

function withRange<N extends Node>(node: N, { start, end }: Range, reach = end): N {
  node.range = [start, end, reach];
  return node;
}

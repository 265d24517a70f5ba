import type { Rule } from '../../src/manifest/rule.ts';
import { families } from '../../src/manifest/rules/rules.ts';

/** The reference rules as a text, one line a rule under the manifest it is about: what a reviewer reads when a rule is new. */
export function rulesTable(): string {
  return Object.entries(families)
    .map(([family, rules]) => `${family}\n${family.replaceAll(/./g, '=')}\n${manifests(rules)}`)
    .join('\n\n');
}

function manifests(rules: readonly Rule[]): string {
  const heads = Map.groupBy(rules, (rule) => [rule.in, conditions(rule.when)].filter(Boolean).join(' where '));
  return [...heads].map(([head, below]) => `${head}\n${below.map(line).join('\n')}`).join('\n');
}

function line({ at, to, by, unknown, beside, unless, part, accepts, confused, demands = [], consequence }: Rule): string {
  const notes = [
    beside && `beside ${conditions(beside)}`,
    unless && `unless ${conditions(unless)}`,
    part && `the part ${part}`,
    accepts && `or ${accepts.join(', ')}`,
    confused && `not ${confused.join(', ')}`,
    ...demands.map(({ field, is }) => `with ${field} = ${'value' in is ? String(is.value) : is.idAt}`),
    consequence,
  ];
  return `  ${[`${at} → ${to} by ${by}`, `else ${unknown}`, ...notes.filter(Boolean)].join('; ')}`;
}

function conditions(of: Readonly<Record<string, string | readonly string[]>> = {}): string {
  return Object.entries(of)
    .map(([at, value]) => `${at} = ${typeof value === 'string' ? value : value.join('|')}`)
    .join(' or ');
}

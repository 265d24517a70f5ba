import { isMap, isScalar, type Node, type Pair } from 'yaml';
import type { LocalManifest } from './manifest.ts';
import { keyText, type LocalFinding } from './parse.ts';
import { findAll, rangeOf, textAt } from './path.ts';
import { occmAnnotations, occmRules, type StaticAnnotation } from './rules/occm.ts';

const prefix = 'loadbalancer.openstack.org/';
const known = new Set([...Object.keys(occmAnnotations), ...occmRules.map(({ at }) => at.slice(at.indexOf('[') + 1, -1))]);

/**
 * What is wrong with the annotations of a Service for the OpenStack cloud controller manager without asking anybody: values that it replaces silently by its default, keys
 * that it does not know, values that are no text (the API server refuses those).
 */
export function annotationFindings({ apiVersion, kind, root, tree }: LocalManifest): readonly LocalFinding[] {
  if (apiVersion !== 'v1' || kind !== 'Service') return [];
  const annotations = findAll(root, 'metadata.annotations', tree)[0]?.node;
  if (!isMap(annotations)) return [];
  const all = (annotations.items as Pair<Node, Node | null>[]).flatMap((pair) => findingsFor(pair));
  return [...all, ...proxyTwice(annotations.items as Pair<Node, Node | null>[], textAt(root, 'spec.type', tree))];
}

function findingsFor({ key, value }: Pair<Node, Node | null>): LocalFinding[] {
  const name = keyText(key);
  if (!name.startsWith(prefix) && !(name in occmAnnotations)) return [];
  if (!known.has(name)) return [unknownKey(name, key)];
  if (!isScalar(value) || value.value === null) return [];
  const range = rangeOf(value);
  if (typeof value.value !== 'string') {
    const message = `An annotation is a text: write "${value.source}" in quotes, or the API server refuses this Service.`;
    return [{ range, severity: 'error', code: 'annotation.notText', message }];
  }
  const wrong = value.value === '' ? undefined : wrongValue(name, value.value, occmAnnotations[name] ?? {});
  return wrong === undefined ? [] : [{ range, severity: 'warning', code: 'annotation.value', message: wrong }];
}

function wrongValue(name: string, value: string, { words, integer }: StaticAnnotation): string | undefined {
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

function unknownKey(name: string, key: Node): LocalFinding {
  const near = [...known].find(
    (one) => one.startsWith(prefix) && distanceAtMostTwo(one.slice(prefix.length), name.slice(prefix.length)),
  );
  const meant = near ? ` Did you mean "${near}"?` : '';
  return {
    range: rangeOf(key),
    severity: 'warning',
    code: 'annotation.unknown',
    message: `The cloud controller manager knows no annotation "${name}", so it does nothing.${meant}`,
  };
}

/** The controller refuses a Service that asks for both. */
function proxyTwice(pairs: readonly Pair<Node, Node | null>[], type: string | undefined): LocalFinding[] {
  const of = (name: string) => pairs.find(({ key }) => keyText(key) === prefix + name);
  const text = (name: string) => String((of(name)?.value as { value?: unknown } | null)?.value ?? '');
  const proxy = of('proxy-protocol');
  if (
    type !== 'LoadBalancer' ||
    !proxy ||
    text('x-forwarded-for') !== 'true' ||
    !['true', 'v1', 'v2'].includes(text('proxy-protocol'))
  )
    return [];
  return [
    {
      range: rangeOf(proxy.key),
      severity: 'error',
      code: 'annotation.exclusive',
      message: 'proxy-protocol and x-forwarded-for exclude each other; the controller refuses a Service with both.',
    },
  ];
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

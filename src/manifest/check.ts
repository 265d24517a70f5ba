import type { Lookup } from '../openstack/lookup.ts';
import { annotationFindings } from './annotations.ts';
import type { Finding } from './finding.ts';
import { type Manifest, placed } from './manifest.ts';
import { type Reference, referencesOf } from './references.ts';
import type { ResourceLookup } from './resourceLookup.ts';
import { findingFor, followUps, type ReferenceFinding } from './verdict.ts';

/** What came of checking references. */
export interface Checked<F> {
  readonly findings: readonly F[];
  /** How many there are, how many are wrong, how many could not be checked. */
  readonly references: number;
  readonly wrong: number;
  readonly unknown: number;
  /** Why some could not be checked: one sentence, the first reason met. */
  readonly paused?: string;
}

/**
 * Asks for all references in one call, then, for those that name nothing, what they may have been meant to be in a second one. A reference that could not be
 * checked accuses nobody. Findings keep the ranges of their references.
 */
export async function checkReferences(
  references: readonly Reference[],
  lookup: ResourceLookup,
  signal?: AbortSignal,
): Promise<Checked<ReferenceFinding>> {
  const answers =
    references.length === 0
      ? []
      : await lookup.find(
          references.map(({ rule, query }) => ({ kind: rule.to, query })),
          signal,
        );
  const pairs = references.map((reference, index) => ({ reference, answer: answers[index] ?? unanswered }));
  const asked = pairs.map(({ reference, answer }) =>
    answer.verdict === 'missing' && reference.rule.unknown !== 'allow' ? followUps(reference) : [],
  );
  const all = asked.flat();
  const more = all.length === 0 ? [] : await lookup.find(all, signal);
  const place = lookup.place ?? 'the bound project';
  let next = 0;
  const findings = pairs.flatMap(({ reference, answer }, index) => {
    const mine = (asked[index] ?? []).map((question) => [question, more[next++] ?? unanswered] as const);
    return findingFor(reference, answer, mine, place) ?? [];
  });
  const unknown = pairs.flatMap(({ answer }) => (answer.verdict === 'unknown' ? [answer.failure.message] : []));
  const [paused] = unknown;
  return {
    findings,
    references: references.length,
    wrong: findings.length,
    unknown: unknown.length,
    ...(paused === undefined ? {} : { paused }),
  };
}

/** Everything that can be said about manifests without a cluster: syntax, annotations, and every reference against the lookup. Findings stand in the order of the text. */
export async function checkManifests(
  manifests: readonly Manifest[],
  lookup: ResourceLookup,
  signal?: AbortSignal,
): Promise<Checked<Finding>> {
  const readable = manifests.filter(({ local }) => local.tree !== undefined);
  const owners = new Map<Reference, Manifest>();
  for (const manifest of readable) for (const reference of referencesOf(manifest.local)) owners.set(reference, manifest);
  const checked = await checkReferences([...owners.keys()], lookup, signal);
  const fromReferences = checked.findings.flatMap(({ reference, fixes, ...local }) => {
    const owner = owners.get(reference);
    return owner ? [{ ...placed(local, owner.file, owner.offset), ...(fixes ? { fixes } : {}) }] : [];
  });
  const still = manifests.flatMap(({ findings, local, file, offset, template }) => [
    ...findings,
    ...(local.tree && !template ? annotationFindings(local).map((one) => placed(one, file, offset)) : []),
  ]);
  const order = new Map(manifests.map(({ file }, index) => [file, index]));
  const findings = [...still, ...fromReferences].sort(
    (one, other) => (order.get(one.file) ?? 0) - (order.get(other.file) ?? 0) || one.range.start - other.range.start,
  );
  return { ...checked, findings };
}

const unanswered: Lookup = { verdict: 'unknown', failure: { reason: 'unavailable', message: 'No answer came.' } };

import type { Lookup } from '../openstack/lookup.ts';
import { creates } from './creates.ts';
import type { Finding } from './finding.ts';
import { fixedFindings } from './fixedValues.ts';
import { type Manifest, placed } from './manifest.ts';
import { type Reference, referencesOf } from './references.ts';
import { keyOf, type ReferenceQuery, type ResourceLookup } from './resourceLookup.ts';
import { Answers, findingFor, type ReferenceFinding } from './verdict.ts';

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

/** What a check knows beside the references themselves. */
export interface CheckContext {
  /** Where it was looked, for messages; "the bound project" when undefined. */
  readonly place?: string | undefined;
  /** What other manifests of the same set bring about, see {@link creates}. */
  readonly created?: ReadonlySet<string>;
  /** Answers by {@link keyOf}: those there are, to which new ones are added. */
  readonly known?: Map<string, Lookup>;
}

/** The verdict on references as far as the answers go. `open` is what is left to ask; while there is any, the rest is not to be trusted. */
export interface Judged extends Checked<ReferenceFinding> {
  readonly open: readonly ReferenceQuery[];
}

/** Judges without asking anybody. */
export function judge(
  references: readonly Reference[],
  known: ReadonlyMap<string, Lookup>,
  { place = 'the bound project', created = new Set() }: CheckContext,
): Judged {
  const answers = new Answers(known);
  const findings = references.flatMap((reference) => findingFor(reference, answers, { place, created }) ?? []);
  const reasons = references.flatMap(({ rule, query }) => {
    const answer = known.get(keyOf({ kind: rule.to, query }));
    return answer?.verdict === 'unknown' ? [answer.failure.message] : [];
  });
  return {
    findings,
    references: references.length,
    wrong: findings.length,
    unknown: reasons.length,
    ...(reasons[0] === undefined ? {} : { paused: reasons[0] }),
    open: answers.open,
  };
}

/** A miss leads to a second question, what was found there to a third. */
const mostRounds = 4;

/**
 * Asks for all references in one call, then, for those that name nothing, what they may have been meant to be. A reference that could not be checked accuses
 * nobody. Findings keep the ranges of their references.
 */
export async function checkReferences(
  references: readonly Reference[],
  lookup: ResourceLookup,
  signal?: AbortSignal,
  context: CheckContext = {},
): Promise<Checked<ReferenceFinding>> {
  const { known = new Map<string, Lookup>() } = context;
  const again = () => judge(references, known, { ...context, place: lookup.place });
  let judged = again();
  for (let round = 0; judged.open.length > 0 && round < mostRounds; round += 1) {
    const answers = await lookup.find(judged.open, signal);
    for (const [index, query] of judged.open.entries()) known.set(keyOf(query), answers[index] ?? unanswered);
    judged = again();
  }
  return judged;
}

/** Everything that can be said about manifests without a cluster: syntax, fixed values, and every reference against the lookup. Findings stand in the order of the text. */
export async function checkManifests(
  manifests: readonly Manifest[],
  lookup: ResourceLookup,
  signal?: AbortSignal,
): Promise<Checked<Finding>> {
  const readable = manifests.filter(({ local }) => local.tree !== undefined);
  const owners = new Map<Reference, Manifest>();
  for (const manifest of readable) for (const reference of referencesOf(manifest.local)) owners.set(reference, manifest);
  const created = new Set(readable.flatMap(({ local }) => creates(local) ?? []));
  const checked = await checkReferences([...owners.keys()], lookup, signal, { created });
  const fromReferences = checked.findings.flatMap(({ reference, fixes, ...local }) => {
    const owner = owners.get(reference);
    return owner ? [{ ...placed(local, owner.file, owner.offset), ...(fixes ? { fixes } : {}) }] : [];
  });
  const still = manifests.flatMap(({ findings, local, file, offset, template }) => [
    ...findings,
    ...(local.tree && !template ? fixedFindings(local).map((one) => placed(one, file, offset)) : []),
  ]);
  const order = new Map(manifests.map(({ file }, index) => [file, index]));
  const findings = [...still, ...fromReferences].sort(
    (one, other) => (order.get(one.file) ?? 0) - (order.get(other.file) ?? 0) || one.range.start - other.range.start,
  );
  const { references, wrong, unknown, paused } = checked;
  return { findings, references, wrong, unknown, ...(paused === undefined ? {} : { paused }) };
}

const unanswered: Lookup = { verdict: 'unknown', failure: { reason: 'unavailable', message: 'No answer came.' } };

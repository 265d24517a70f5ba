import { setImmediate as turn } from 'node:timers/promises';
import { balancerClassesIn, classFindings } from './balancerClasses.ts';
import { creates } from './creates.ts';
import type { Finding } from './finding.ts';
import { type Manifest, placed } from './manifest.ts';
import { hasItsKeys } from './parse.ts';
import { type Reference, referencesOf } from './references.ts';
import { type Answered, keyOf, type ReferenceQuery, type ResourceLookup } from './resourceLookup.ts';
import { type KindName, type SchemasOf, schemasDefinedBy, structureOf } from './schema/structure.ts';
import { staticFindings } from './staticFindings.ts';
import { Answers, findingFor, questionOf, type ReferenceFinding } from './verdict.ts';

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
  readonly known?: Map<string, Answered>;
}

/** The verdict on references as far as the answers go. `open` is what is left to ask; while there is any, the rest is not to be trusted. */
export interface Judged extends Checked<ReferenceFinding> {
  readonly open: readonly ReferenceQuery[];
}

/** Judges without asking anybody. */
export function judge(
  references: readonly Reference[],
  known: ReadonlyMap<string, Answered>,
  { place = 'the bound project', created = new Set() }: CheckContext,
): Judged {
  const answers = new Answers(known);
  const byManifest = Map.groupBy(references, ({ manifest }) => manifest);
  const setting = { place, created, beside: ({ manifest }: Reference) => byManifest.get(manifest) ?? [] };
  const findings = references.flatMap((reference) => findingFor(reference, answers, setting) ?? []);
  const reasons = references.flatMap((reference) => {
    const answer = known.get(keyOf(questionOf(reference)));
    if (answer?.verdict !== 'unknown') return answer?.doubt ?? [];
    // Host names that are kept elsewhere than in this cloud are none of its references.
    return reference.query.by === 'host' && answer.failure.reason === 'unsupported' ? [] : [answer.failure.message];
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

/** So many manifests are looked at without a pause. */
const atOnce = 20;
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
  const { known = new Map<string, Answered>() } = context;
  const again = () => judge(references, known, { ...context, place: lookup.place });
  let judged = again();
  for (let round = 0; judged.open.length > 0 && round < mostRounds; round += 1) {
    const answers = await lookup.find(judged.open, signal);
    for (const [index, query] of judged.open.entries()) known.set(keyOf(query), answers[index] ?? unanswered);
    judged = again();
  }
  return judged;
}

/**
 * Everything that can be said about manifests: syntax, fixed values, structure by the definitions among them and by what a cluster published, and every reference against the lookup. Findings stand in
 * the order of the text. `besides` are manifests of the same set that are not checked themselves: what they bring about is not missing.
 */
export async function checkManifests(
  manifests: readonly Manifest[],
  lookup: ResourceLookup,
  signal?: AbortSignal,
  besides: readonly Manifest[] = [],
  published: SchemasOf = () => [],
): Promise<Checked<Finding>> {
  const readable = manifests.filter(({ local }) => local.tree !== undefined);
  const owners = new Map<Reference, Manifest>();
  for (const manifest of readable)
    for (const reference of referencesOf(manifest.local)) owners.set(inFile(reference, manifest.file), manifest);
  const created = new Set([...readable, ...besides].flatMap(({ local }) => (local.tree ? creates(local) : [])));
  const all = [...readable, ...besides].flatMap(({ local }) => (local.tree ? [local] : []));
  const classes = balancerClassesIn(all);
  const defined = schemasDefinedBy(all);
  const schemasOf: SchemasOf = Object.assign((kind: KindName) => [...published(kind), ...defined(kind)], {
    defined: defined.defined,
  });
  const still = async () => {
    const found: Finding[] = [];
    for (const [index, { findings, local, file, offset }] of manifests.entries()) {
      // Questions go out and answers come in meanwhile.
      if (index % atOnce === 0) await turn();
      if (signal?.aborted) return found;
      found.push(...findings);
      if (!local.tree || !hasItsKeys(local.document)) continue;
      const fixed = [...staticFindings(local), ...classFindings(local, classes)];
      const structure = structureOf(local, schemasOf, [...local.document.findings, ...fixed]);
      for (const one of [...fixed, ...structure]) found.push(placed(one, file, offset));
    }
    return found;
  };
  const asking = checkReferences([...owners.keys()], lookup, signal, { created });
  const [checked, ofItself] = await Promise.all([asking, still()]);
  const fromReferences = checked.findings.flatMap(({ reference, fixes, ...local }) => {
    const owner = owners.get(reference);
    return owner ? [{ ...placed(local, owner.file, owner.offset), ...(fixes ? { fixes } : {}) }] : [];
  });
  const order = new Map(manifests.map(({ file }, index) => [file, index]));
  const findings = toldOnce([...ofItself, ...fromReferences]).sort(
    (one, other) => (order.get(one.file) ?? 0) - (order.get(other.file) ?? 0) || one.range.start - other.range.start,
  );
  const { references, wrong, unknown, paused } = checked;
  return { findings, references, wrong, unknown, ...(paused === undefined ? {} : { paused }) };
}

/** What an anchor stands for is wrong in every place that takes it, and told where it is written. */
function toldOnce(findings: readonly Finding[]): Finding[] {
  const told = new Set<string>();
  return findings.filter(({ file, range, code, message }) => {
    const key = JSON.stringify([file, range.start, code, message]);
    return !told.has(key) && told.add(key);
  });
}

/** Two files may name the same Secret and mean two: each the one beside it. */
function inFile(reference: Reference, file: string): Reference {
  return reference.as ? { ...reference, as: { ...reference.as, file } } : reference;
}

const unanswered: Answered = { verdict: 'unknown', failure: { reason: 'unavailable', message: 'No answer came.' } };

import { distanceTo, isWithin, movedInto } from '../base/domainName.ts';
import { valuesAt } from '../openstack/columns.ts';
import { idOf, nameOf } from '../openstack/display.ts';
import type { Resource } from '../openstack/kind.ts';
import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import { crossFinding } from './crossFindings.ts';
import type { Finding, Severity } from './finding.ts';
import { formOf } from './form.ts';
import type { LocalFinding } from './parse.ts';
import { textBeside } from './path.ts';
import type { Reference } from './references.ts';
import { type Answered, type AnsweredBy, keyOf, type ReferenceQuery } from './resourceLookup.ts';
import type { Demand } from './rule.ts';
import { rulesFor } from './rules/rules.ts';
import { writtenAs } from './writtenAs.ts';

/** A finding about a reference: with replacements for its range. */
export interface ReferenceFinding extends LocalFinding {
  readonly fixes?: NonNullable<Finding['fixes']>;
  readonly reference: Reference;
}

/** What is known so far. A question without an answer yet is noted down, and the verdict is passed again when it has one. */
export class Answers {
  readonly #known: ReadonlyMap<string, Answered>;
  readonly #open = new Map<string, ReferenceQuery>();

  constructor(known: ReadonlyMap<string, Answered>) {
    this.#known = known;
  }

  of(question: ReferenceQuery): Answered | undefined {
    const key = keyOf(question);
    const answer = this.#known.get(key);
    if (!answer) this.#open.set(key, question);
    return answer;
  }

  get open(): readonly ReferenceQuery[] {
    return [...this.#open.values()];
  }
}

/** Where it was looked, and what other manifests bring about. */
export interface Setting {
  readonly place: string;
  readonly created: ReadonlySet<string>;
  /** All references of the same manifest. */
  readonly beside?: (reference: Reference) => readonly Reference[];
}

/** What is asked first about a reference. */
export function questionOf({ rule, query, as }: Pick<Reference, 'rule' | 'query' | 'as'>): ReferenceQuery {
  return as ? { kind: rule.to, query, as } : { kind: rule.to, query };
}

/** What is wrong with a reference. Undefined: nothing, or it could not be checked, or there are questions left. */
export function findingFor(reference: Reference, answers: Answers, setting: Setting): ReferenceFinding | undefined {
  const lookup = answers.of(questionOf(reference));
  const place = lookup?.by?.place ?? setting.place;
  switch (lookup?.verdict) {
    case 'missing':
      return missing(reference, lookup, answers, setting);
    case 'ambiguous':
      return reference.rule.several === 'told' ? undefined : ambiguous(reference, lookup.matches, place);
    case 'found':
      return lookup.matches.length > 1 && reference.query.by === 'filter'
        ? ambiguous(reference, lookup.matches, place)
        : (unmetDemand(reference, lookup.matches, answers) ?? unfit(reference, lookup.matches, answers, setting));
    default:
      return undefined;
  }
}

function missing(
  reference: Reference,
  { near, by }: Extract<Answered, { verdict: 'missing' }>,
  answers: Answers,
  { place, created }: Setting,
): ReferenceFinding | undefined {
  const { rule, query, text, as } = reference;
  if (rule.unknown === 'allow' || created.has(`${rule.to} ${text}`)) return undefined;
  if (query.by === 'host') return outsideZones(reference, query.value, near, { created, place: by?.place ?? place });
  const served = (rule.accepts ?? []).map((kind) => answers.of(asked(reference, { kind, query }))?.verdict);
  const questions = followUps(reference).map((question) => [question, answers.of(asked(reference, question))] as const);
  const elsewhere = as && by && !by.instead ? answers.of({ kind: rule.to, query }) : undefined;
  if (served.some((verdict) => verdict !== 'missing')) return undefined;
  const other = otherwiseKnown(reference, questions, answers);
  if (other) return other;
  if (by && elsewhere?.verdict === 'found' && elsewhere.matches[0])
    return notVisible(reference, elsewhere.matches[0], { seen: place, by });
  const [one] = kindOf(rule.to).label;
  const [best] = near;
  const meant = best ? ` Did you mean "${nameOf(rule.to, best)}"?` : '';
  const consequence = rule.consequence ? ` ${rule.consequence}` : '';
  const instead = by?.instead ? ` ${by.instead}` : '';
  const message = `No ${one} ${described(reference)} in ${by?.place ?? place}.${meant}${consequence}${instead}`;
  const fixes = near.map((resource) => useFix(reference, resource, near.length === 1));
  return finding(reference, 'reference.missing', message, severityFor(reference, by), fixes);
}

/** A host name in none of the zones there are, and in none that is made with it. */
function outsideZones(
  reference: Reference,
  host: string,
  zones: readonly Resource[],
  { created, place }: Setting,
): ReferenceFinding | undefined {
  const { rule } = reference;
  if ([...created].some((one) => one.startsWith(`${rule.to} `) && isWithin(host, one.slice(rule.to.length + 1))))
    return undefined;
  const likely = zones.filter((zone) => Number.isFinite(distanceTo(host, nameOf(rule.to, zone))));
  const [best] = likely;
  const meant = best ? ` Did you mean "${movedInto(host, nameOf(rule.to, best))}"?` : '';
  const there = zones.map((zone) => nameOf(rule.to, zone).replace(/\.$/, '')).join(', ');
  const message = `"${host}" is in no zone of ${place}, which has ${there}.${meant} ${rule.consequence ?? ''}`.trimEnd();
  const fixes = likely.map((zone) => useFix(reference, zone, likely.length === 1));
  return finding(reference, 'reference.missing', message, severityFor(reference, undefined), fixes);
}

/** What the very user who will use it does not find fails; what somebody else does not find may still be there for that user. */
function severityFor({ rule }: Reference, by: AnsweredBy | undefined): Severity {
  const { unknown, unknownToUser = unknown } = rule;
  const severity = by && !by.instead ? unknownToUser : unknown;
  return severity === 'allow' ? 'information' : severity === 'error' && by?.instead ? 'warning' : severity;
}

/** It is there for whoever looks, but not for whose credentials count. */
function notVisible(
  reference: Reference,
  resource: Resource,
  { seen, by }: { readonly seen: string; readonly by: AnsweredBy },
): ReferenceFinding {
  const { rule } = reference;
  const [one] = kindOf(rule.to).label;
  const message = `${one.charAt(0).toUpperCase()}${one.slice(1)} "${nameOf(rule.to, resource)}" can be seen in ${seen}, but not in ${by.place}.`;
  return finding(reference, 'reference.notVisible', message, severityFor(reference, by), []);
}

/** A further question about a reference, with the same credentials. */
function asked({ as }: Reference, { kind, query }: ReferenceQuery): ReferenceQuery {
  return as ? { kind, query, as } : { kind, query };
}

/** A question asked after a miss: is the value the id of another kind, or the name where an id is wanted? */
interface FollowUp extends ReferenceQuery {
  readonly why: 'otherKind' | 'nameOfKind' | 'idOfKind';
}

function followUps({ rule, query }: Reference): readonly FollowUp[] {
  if (query.by === 'id') {
    const others = (rule.confused ?? []).map((kind): FollowUp => ({ kind, query, why: 'otherKind' }));
    return [...others, { kind: rule.to, query: { by: 'name', value: query.value }, why: 'nameOfKind' }];
  }
  if (query.by === 'idOrName') return (rule.confused ?? []).map((kind): FollowUp => ({ kind, query, why: 'otherKind' }));
  if (query.by !== 'name') return [];
  const others = (rule.confused ?? []).map(
    (kind): FollowUp => ({ kind, query: { by: 'name', value: query.value }, why: 'otherKind' }),
  );
  return /^[0-9a-f-]{32,36}$/i.test(query.value)
    ? [{ kind: rule.to, query: { by: 'id', value: query.value }, why: 'idOfKind' }, ...others]
    : others;
}

/** The value is known after all, as something else: another kind's id, the name where the id is wanted, or the other way round. */
function otherwiseKnown(
  reference: Reference,
  questions: readonly (readonly [FollowUp, Answered | undefined])[],
  answers: Answers,
): ReferenceFinding | undefined {
  for (const [{ kind, why }, lookup] of questions) {
    if (lookup?.verdict !== 'found' || lookup.matches.length !== 1) continue;
    const [resource] = lookup.matches;
    if (!resource) continue;
    if (why === 'otherKind') return wrongKind(reference, kind, resource, answers);
    const [one] = kindOf(kind).label;
    const field = fieldOf(reference);
    const message =
      why === 'nameOfKind'
        ? `"${reference.text}" is the name of ${withArticle(one)}; ${field} wants its id (${short(idOf(kind, resource))}).`
        : `${short(reference.text ?? '')} is the id of ${withArticle(one)}; ${field} wants its name ("${nameOf(kind, resource)}").`;
    return finding(reference, why === 'nameOfKind' ? 'reference.nameForId' : 'reference.idForName', message, 'error', [
      useFix(reference, resource, true),
    ]);
  }
  return undefined;
}

function wrongKind(reference: Reference, kind: KindId, resource: Resource, answers: Answers): ReferenceFinding {
  const { rule } = reference;
  const [is] = kindOf(kind).label;
  const [wanted] = kindOf(rule.to).label;
  const quoted = reference.query.by === 'id' ? short(reference.text ?? '') : `"${reference.text}"`;
  const owner = kind === 'network.subnet' && rule.to === 'network.network' ? networkOf(reference, resource, answers) : undefined;
  const its = owner ? ` Its network is "${nameOf('network.network', owner)}".` : '';
  const message = `${quoted} is ${withArticle(is)} (${nameOf(kind, resource)}); ${fieldOf(reference)} wants ${withArticle(wanted)}.${its}`;
  return finding(reference, 'reference.kind', message, 'error', owner ? [useFix(reference, owner, true)] : []);
}

function networkOf(reference: Reference, { network_id: id }: Resource, answers: Answers): Resource | undefined {
  if (typeof id !== 'string') return undefined;
  const lookup = answers.of(asked(reference, { kind: 'network.network', query: { by: 'id', value: id } }));
  return lookup?.verdict === 'found' ? lookup.matches[0] : undefined;
}

function ambiguous(reference: Reference, matches: readonly Resource[], place: string): ReferenceFinding {
  const { rule, query } = reference;
  const [, many] = kindOf(rule.to).label;
  const plural = many.charAt(0).toLowerCase() + many.slice(1);
  const count = matches.length === 2 ? 'Two' : String(matches.length);
  const allServe = rule.several === 'used' || (rule.to === 'network.security_group' && query.by === 'filter');
  const severity: Severity = allServe ? 'warning' : 'error';
  const called = reference.text === undefined ? 'match this filter' : `are called "${reference.text}"`;
  const message = `${count} ${plural} ${called} in ${place}; ${severity === 'warning' ? 'all of them would be used' : 'name one by id'}.`;
  const fixes =
    query.by === 'idOrName'
      ? matches
          .slice(0, 3)
          .map((match) => ({ title: `Use ${short(idOf(rule.to, match))}`, newText: asWritten(reference, idOf(rule.to, match)) }))
      : [];
  return finding(reference, 'reference.ambiguous', message, severity, fixes);
}

function unmetDemand(reference: Reference, matches: readonly Resource[], answers: Answers): ReferenceFinding | undefined {
  const { rule, query } = reference;
  const [resource] = matches;
  if (!resource || query.by === 'pattern' || query.by === 'tags') return undefined;
  for (const demand of rule.demands ?? []) {
    const [has] = valuesAt(resource, demand.field);
    // What the service did not say cannot be held against anybody.
    if (has === undefined || meets(has, demand, reference) || isWrongItself(demand, reference, answers)) continue;
    const [one] = kindOf(rule.to).label;
    const better = demand.others === undefined ? [] : others(reference, demand, answers);
    const names = better.map((other) => `"${nameOf(rule.to, other)}"`).join(', ');
    const there = names === '' ? '' : ` ${demand.others}: ${names}.`;
    const message = `${one.charAt(0).toUpperCase()}${one.slice(1)} "${nameOf(rule.to, resource)}" ${demand.otherwise}.${there}`;
    const fixes = better.map((other) => useFix(reference, other, better.length === 1));
    return finding(reference, demand.code, message, demand.severity ?? 'error', fixes);
  }
  return undefined;
}

function unfit(
  reference: Reference,
  [resource, ...more]: readonly Resource[],
  answers: Answers,
  { beside }: Setting,
): ReferenceFinding | undefined {
  return resource && more.length === 0 && beside ? crossFinding(reference, resource, beside(reference), answers) : undefined;
}

function meets(has: unknown, { is }: Demand, { manifest, path }: Reference): boolean {
  if ('value' in is) return has === is.value;
  const wanted = textBeside(manifest.root, is.idAt, path, manifest.tree) ?? '';
  // What is no id is told where it stands.
  return !/^[0-9a-f]{32}$/.test(plainId(wanted)) || plainId(wanted) === plainId(String(has));
}

/** Whether the id that a demand compares with names nothing: then that is what is wrong, and said there. */
function isWrongItself({ is }: Demand, { manifest, path, as }: Reference, answers: Answers): boolean {
  if ('value' in is) return false;
  const kind = rulesFor(formOf(manifest)).find(({ at }) => at === is.idAt)?.to;
  const value = textBeside(manifest.root, is.idAt, path, manifest.tree) ?? '';
  return kind !== undefined && answers.of({ kind, query: { by: 'id', value }, ...(as ? { as } : {}) })?.verdict === 'missing';
}

/** Up to three resources that meet a demand for a value. */
function others(reference: Reference, { field, is }: Demand, answers: Answers): readonly Resource[] {
  if (!('value' in is)) return [];
  const query = { by: 'filter', value: { [field]: is.value } } as const;
  const lookup = answers.of(asked(reference, { kind: reference.rule.to, query }));
  return lookup?.verdict === 'found' ? lookup.matches.slice(0, 3) : [];
}

function plainId(id: string): string {
  return id.toLowerCase().replaceAll('-', '');
}

function finding(
  reference: Reference,
  code: string,
  message: string,
  severity: Severity,
  fixes: NonNullable<Finding['fixes']>,
): ReferenceFinding {
  const usable = reference.manifest.encoded || reference.text === undefined ? [] : fixes;
  const given = usable.length > 0 ? { fixes: usable } : {};
  if (!reference.isDefault || severity !== 'error')
    return { range: reference.range, severity, code, message, reference, ...given };
  const weaker = `${message} This default counts where no other value is given.`;
  return { range: reference.range, severity: 'warning', code, message: weaker, reference, ...given };
}

/** Replaces the value by the id, name or address the field wants. Only for references with a text: a filter of several fields is more than one value. */
export function useFix(
  reference: Reference,
  resource: Resource,
  preferred: boolean,
): { title: string; newText: string; preferred?: boolean } {
  const { rule } = reference;
  const [id, name] = [idOf(rule.to, resource), nameOf(rule.to, resource)];
  if (rule.by === 'host') {
    const host = movedInto(reference.text ?? '', name);
    return { title: `Use "${host}"`, newText: host, ...(preferred ? { preferred } : {}) };
  }
  const wanted = rule.by === 'id' ? id : rule.by === 'url' ? (reference.text ?? '').replace(/[^/]*$/, id) : name;
  const title = id === name ? `Use "${name}"` : `Use "${name}" (${short(id)})`;
  return { title, newText: asWritten(reference, wanted), ...(preferred ? { preferred } : {}) };
}

/** A text as it must stand in the file: in the quotes the old one had, in double quotes where plain would be read otherwise; as it is where it is a part of a text. */
function asWritten({ quote, rule, manifest }: Reference, text: string): string {
  return rule.part ? text : writtenAs(text, quote, formOf(manifest));
}

function described({ query, text }: Reference): string {
  switch (query.by) {
    case 'id':
      return `with id ${short(query.value)}`;
    case 'filter': {
      const keys = Object.keys(query.value);
      return keys.length === 1 && text !== undefined ? `named "${text}"` : `matches ${keys.join(', ')}`;
    }
    case 'pattern':
      return `whose name fits "${query.value}"`;
    case 'tags':
      return `with the tags ${query.value}`;
    default:
      return `named "${query.value}"`;
  }
}

/** How the field is called in a sentence: its own word, or the last part of its path. */
export function fieldOf({ rule, path }: Reference): string {
  const last = String(path.at(-1) ?? '');
  return rule.field ?? last.slice(last.lastIndexOf('/') + 1);
}

/** An id as a person reads it: `7d0e6f3a…`; shorter ones whole. */
export function short(id: string): string {
  return id.length > 20 && /^[0-9a-f-]+$/i.test(id) ? `${id.slice(0, 8)}…` : id;
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

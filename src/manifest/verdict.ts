import { valuesAt } from '../openstack/columns.ts';
import { idOf, nameOf } from '../openstack/display.ts';
import type { Resource } from '../openstack/kind.ts';
import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { Lookup } from '../openstack/lookup.ts';
import type { Finding, Severity } from './finding.ts';
import type { LocalFinding } from './parse.ts';
import { textBeside } from './path.ts';
import { placeholders, type Reference } from './references.ts';
import { keyOf, type ReferenceQuery } from './resourceLookup.ts';
import type { Demand } from './rule.ts';

/** A finding about a reference: with replacements for its range. */
export interface ReferenceFinding extends LocalFinding {
  readonly fixes?: NonNullable<Finding['fixes']>;
  readonly reference: Reference;
}

/** What is known so far. A question without an answer yet is noted down, and the verdict is passed again when it has one. */
export class Answers {
  readonly #known: ReadonlyMap<string, Lookup>;
  readonly #open = new Map<string, ReferenceQuery>();

  constructor(known: ReadonlyMap<string, Lookup>) {
    this.#known = known;
  }

  of(question: ReferenceQuery): Lookup | undefined {
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
}

/** What is wrong with a reference. Undefined: nothing, or it could not be checked, or there are questions left. */
export function findingFor(reference: Reference, answers: Answers, setting: Setting): ReferenceFinding | undefined {
  const { rule, query } = reference;
  const lookup = answers.of({ kind: rule.to, query });
  switch (lookup?.verdict) {
    case 'missing':
      return missing(reference, lookup.near, answers, setting);
    case 'ambiguous':
      return ambiguous(reference, lookup.matches, setting.place);
    case 'found':
      return lookup.matches.length > 1 && query.by === 'filter'
        ? ambiguous(reference, lookup.matches, setting.place)
        : unmetDemand(reference, lookup.matches, answers);
    default:
      return undefined;
  }
}

function missing(
  reference: Reference,
  near: readonly Resource[],
  answers: Answers,
  { place, created }: Setting,
): ReferenceFinding | undefined {
  const { rule, query, text } = reference;
  if (rule.unknown === 'allow' || created.has(`${rule.to} ${text}`)) return undefined;
  const served = (rule.accepts ?? []).map((kind) => answers.of({ kind, query })?.verdict);
  const asked = followUps(reference).map((question) => [question, answers.of(question)] as const);
  if (served.some((verdict) => verdict !== 'missing')) return undefined;
  const other = otherwiseKnown(reference, asked, answers);
  if (other) return other;
  const [one] = kindOf(rule.to).label;
  const [best] = near;
  const meant = best ? ` Did you mean "${nameOf(rule.to, best)}"?` : '';
  const consequence = rule.consequence ? ` ${rule.consequence}` : '';
  const message = `No ${one} ${described(reference)} in ${place}.${meant}${consequence}`;
  const fixes = near.map((resource) => useFix(reference, resource, near.length === 1));
  return finding(reference, 'reference.missing', message, rule.unknown, fixes);
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
  asked: readonly (readonly [FollowUp, Lookup | undefined])[],
  answers: Answers,
): ReferenceFinding | undefined {
  for (const [{ kind, why }, lookup] of asked) {
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
  const owner = kind === 'network.subnet' && rule.to === 'network.network' ? networkOf(resource, answers) : undefined;
  const its = owner ? ` Its network is "${nameOf('network.network', owner)}".` : '';
  const message = `${quoted} is ${withArticle(is)} (${nameOf(kind, resource)}); ${fieldOf(reference)} wants ${withArticle(wanted)}.${its}`;
  return finding(reference, 'reference.kind', message, 'error', owner ? [useFix(reference, owner, true)] : []);
}

function networkOf({ network_id: id }: Resource, answers: Answers): Resource | undefined {
  if (typeof id !== 'string') return undefined;
  const lookup = answers.of({ kind: 'network.network', query: { by: 'id', value: id } });
  return lookup?.verdict === 'found' ? lookup.matches[0] : undefined;
}

function ambiguous(reference: Reference, matches: readonly Resource[], place: string): ReferenceFinding {
  const { rule, query } = reference;
  const [, many] = kindOf(rule.to).label;
  const plural = many.charAt(0).toLowerCase() + many.slice(1);
  const count = matches.length === 2 ? 'Two' : String(matches.length);
  const severity: Severity = rule.to === 'network.security_group' && query.by === 'filter' ? 'warning' : 'error';
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
    if (has === undefined || meets(has, demand, reference)) continue;
    const [one] = kindOf(rule.to).label;
    const better = demand.others === undefined ? [] : others(rule.to, demand, answers);
    const names = better.map((other) => `"${nameOf(rule.to, other)}"`).join(', ');
    const there = names === '' ? '' : ` ${demand.others}: ${names}.`;
    const message = `${one.charAt(0).toUpperCase()}${one.slice(1)} "${nameOf(rule.to, resource)}" ${demand.otherwise}.${there}`;
    const fixes = better.map((other) => useFix(reference, other, better.length === 1));
    return finding(reference, demand.code, message, 'error', fixes);
  }
  return undefined;
}

function meets(has: unknown, { is }: Demand, { manifest, path }: Reference): boolean {
  if ('value' in is) return has === is.value;
  const wanted = textBeside(manifest.root, is.idAt, path, manifest.tree) ?? '';
  return wanted === '' || placeholders.test(wanted) || plainId(wanted) === plainId(String(has));
}

/** Up to three resources that meet a demand for a value. */
function others(kind: KindId, { field, is }: Demand, answers: Answers): readonly Resource[] {
  if (!('value' in is)) return [];
  const lookup = answers.of({ kind, query: { by: 'filter', value: { [field]: is.value } } });
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
  return { range: reference.range, severity, code, message, reference, ...(fixes.length > 0 ? { fixes } : {}) };
}

/** Replaces the value by the id or name the field wants. */
export function useFix(
  reference: Reference,
  resource: Resource,
  preferred: boolean,
): { title: string; newText: string; preferred?: boolean } {
  const { rule } = reference;
  const [id, name] = [idOf(rule.to, resource), nameOf(rule.to, resource)];
  const wantsId = rule.by === 'id';
  const title = id === name ? `Use "${name}"` : `Use "${name}" (${short(id)})`;
  return { title, newText: asWritten(reference, wantsId ? id : name), ...(preferred ? { preferred } : {}) };
}

/** A text as it must stand in the file: in the quotes the old one had, in double quotes where plain would be read otherwise. */
function asWritten({ quote }: Reference, text: string): string {
  if (quote === "'") return `'${text.replaceAll("'", "''")}'`;
  return quote === '' && isPlain(text) ? text : JSON.stringify(text);
}

/** Whether kubectl reads a text that stands without quotes as that text. */
export function isPlain(text: string): boolean {
  return (
    /^[A-Za-z0-9_./][\w./ -]*$/.test(text) &&
    !/^(?:[\d._+-]+(?:e[+-]?\d+)?|0x[\da-f]+|y|n|yes|no|on|off|true|false|null|~)$/i.test(text) &&
    !text.endsWith(' ')
  );
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

import type { Failure } from '../../base/failure.ts';
import { field, fieldsAt, listAt, numberAt, type Path, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import type { FieldConflict, StepAction } from '../types.ts';
import { comparable } from './diff.ts';
import { isOurManager } from './fieldOwners.ts';
import { readFieldPath } from './fieldPath.ts';

/** What a failed apply means for an object. */
export interface Refusal {
  readonly action: Extract<StepAction, 'conflict' | 'forbidden' | 'invalid' | 'recreate' | 'unverified'>;
  /** One line for a person. */
  readonly reason: string;
  /** The fields the server names. */
  readonly paths: readonly Path[];
}

/** Server-side apply answers a type error with status 500 and no reason word: told by its text (apimachinery, managedfields). */
const TYPE_ERROR =
  /^failed to create (typed patch object|manager for existing fields)|^strict decoding error|^error validating data/;
const NO_DRY_RUN = /does not support dry run/;
const RIGHTS = /cannot (patch|create|update|get) resource/;
/** Said while a webhook's backend, an aggregated API or etcd is still coming up: worth trying again. */
const NOT_YET =
  /failed calling webhook|conversion webhook|connection refused|no endpoints available|certificate signed by unknown authority|etcdserver: (leader changed|request timed out)|apiserver not ready|the server is currently unable|TLS handshake timeout|context deadline exceeded/i;

/** What the server said, without the words around it that repeat the object's name. */
export function serverWords(failure: Failure): string {
  return textAt(failure.detail, 'message') ?? failure.message;
}

/** Whether trying again may help: the transport, patience, the server's own trouble, a webhook that is not up yet, a lost race. */
export function isTransient(failure: Failure): boolean {
  const words = serverWords(failure);
  if (TYPE_ERROR.test(words) || NO_DRY_RUN.test(words)) return false;
  if (failure.reason === 'conflict') return !isFieldConflict(failure);
  return ['offline', 'throttled', 'unavailable', 'malformed'].includes(failure.reason) || NOT_YET.test(words);
}

function isFieldConflict(failure: Failure): boolean {
  return causes(failure).some((cause) => textAt(cause, 'reason') === 'FieldManagerConflict');
}

function causes(failure: Failure): readonly unknown[] {
  return listAt(failure.detail, 'details', 'causes');
}

/** Reads a refused apply; undefined when the failure says nothing about the object (offline, cancelled, the server's trouble). */
export function readRefusal(failure: Failure, object: KubeObject): Refusal | undefined {
  const words = serverWords(failure);
  if (TYPE_ERROR.test(words)) return typeErrors(words, object);
  if (failure.reason === 'conflict' && isFieldConflict(failure))
    return { action: 'conflict', reason: conflictWords(failure), paths: pathsOf(foreignCauses(failure), object) };
  if (NO_DRY_RUN.test(words))
    return { action: 'unverified', reason: 'an admission webhook does not take part in dry runs; verified on apply', paths: [] };
  if (failure.reason === 'forbidden' || failure.status === 403) return forbidden(words, failure, object);
  if (failure.status === 400 || failure.status === 422 || failure.reason === 'invalid') return invalid(words, failure, object);
  return undefined;
}

/**
 * The fields that keep an apply from being taken only because the server's schema does not declare them, as it writes them (`.spec.colour`); none where anything else is wrong, too. `fieldValidation: Warn` does not reach
 * them: a typed patch is made of declared fields alone. Source: structured-merge-diff, `typed`, "field not declared in schema".
 */
export function undeclaredFields(failure: Failure): readonly string[] {
  const words = serverWords(failure);
  const fields = TYPE_ERROR.test(words) ? typeErrorsIn(words) : [];
  return fields.every(({ why }) => why === UNDECLARED) ? fields.map(({ path }) => path) : [];
}

const UNDECLARED = 'field not declared in schema';

function typeErrorsIn(words: string): readonly { readonly path: string; readonly why: string }[] {
  const found = words.matchAll(/(?:^|\s)(\.[^\s:]+(?:\[[^\]]*\][^\s:]*)*): ([^\n]+)/g);
  return [...found].map(([, path = '', why = '']) => ({ path, why }));
}

function typeErrors(words: string, object: KubeObject): Refusal {
  const fields = typeErrorsIn(words);
  const said = fields.map(({ path, why }) => `${path.slice(1)}: ${plainTypeError(why)}`);
  const unknown = [...words.matchAll(/unknown field "([^"]+)"/g)].map(([, path]) => path ?? '');
  const paths = [...fields.map(({ path }) => path), ...unknown].map((path) => readFieldPath(path, object));
  return { action: 'invalid', reason: [...said, ...unknown.map((path) => `${path}: no such field`)].join('; ') || words, paths };
}

function plainTypeError(why: string): string {
  if (why === UNDECLARED) return 'no such field';
  return why.replace(/, got &value\.valueUnstructured\{Value:(.*)\}$/, (_, value: string) => `, got ${typeWord(value)}`);
}

/** What a value is, by how Go writes it (`%#v`): the value itself is nobody's business, it may be a Secret's. */
function typeWord(value: string): string {
  if (value.startsWith('[]')) return 'list';
  if (value.startsWith('map[')) return 'map';
  if (value.startsWith('"')) return 'string';
  return /^(true|false)$/.test(value) ? 'boolean' : 'number';
}

/** RBAC says 403, and so do quotas and admission plug-ins: only the first is about the user's rights. */
function forbidden(words: string, failure: Failure, object: KubeObject): Refusal {
  if (RIGHTS.test(words)) return { action: 'forbidden', reason: rightsWords(words), paths: [] };
  return {
    action: 'invalid',
    reason: words.replace(/^\S+ "[^"]*" is forbidden: /, 'refused: '),
    paths: causePaths(failure, object),
  };
}

/** `alice may not patch configmaps in namespace shop`. */
function rightsWords(words: string): string {
  const said = /User "([^"]+)" cannot (\w+) resource "([^"]+)" in API group "[^"]*"(?: in the namespace "([^"]+)")?/.exec(words);
  if (!said) return words.replace(/^\S+ "[^"]*" is forbidden: /, '');
  const [, user, verb, resource, namespace] = said;
  return `${user} may not ${verb} ${resource}${namespace === undefined ? '' : ` in namespace ${namespace}`}`;
}

function invalid(words: string, failure: Failure, object: KubeObject): Refusal {
  const all = causes(failure);
  const said = all.map((cause) => causeWords(textAt(cause, 'field'), textAt(cause, 'message') ?? ''));
  const immutable =
    said.some((line) => /immutable|may not be changed|may not change once set|updates to .* forbidden/i.test(line)) ||
    /field is immutable|updates to \S+ spec for fields other than/.test(words);
  const reason = said.join('; ') || words.replace(/^\S+ "[^"]*" is invalid: /, '');
  return { action: immutable ? 'recreate' : 'invalid', reason, paths: causePaths(failure, object) };
}

/** The server prints whole structs as "Invalid value"; the sentence after them is what a person can use. */
function causeWords(path: string | undefined, said: string): string {
  // a diff of both specs may follow
  const [message = ''] = said.split('\n');
  const last =
    message.startsWith('Invalid value: {') || message.startsWith('Invalid value: [')
      ? message.slice(message.lastIndexOf(': ') + 2)
      : message;
  const words = last
    .replace(/^Required value(: )?/, 'is required ')
    .replace(/^Forbidden: /, '')
    .replace(/^Invalid value: ("[^"]*"): /, '$1 ')
    .trim();
  return path === undefined || path === '' || path === '<nil>' ? words : `${path}: ${words}`;
}

function causePaths(failure: Failure, object: KubeObject): Path[] {
  return pathsOf(causes(failure), object);
}

function pathsOf(named: readonly unknown[], object: KubeObject): Path[] {
  return named
    .map((cause) => textAt(cause, 'field'))
    .filter((path) => path !== undefined && path !== '<nil>')
    .map((path) => readFieldPath(path ?? '', object));
}

/** What others hold; a count that was handed over is ours. */
function foreignCauses(failure: Failure): readonly unknown[] {
  const all = causes(failure);
  const foreign = all.filter((cause) => !isOurManager(managerOf(cause)));
  return foreign.length > 0 ? foreign : all;
}

function conflictWords(failure: Failure): string {
  const foreign = foreignCauses(failure);
  const managers = new Set(foreign.map((cause) => managerOf(cause)));
  const fields = foreign.map((cause) => (textAt(cause, 'field') ?? '').replace(/^\./, ''));
  return `${fields.join(', ')} ${fields.length === 1 ? 'belongs' : 'belong'} to ${[...managers].join(', ')}`;
}

/** Who holds the field that a cause of a conflict names. */
export function managerOf(cause: unknown): string {
  return /conflict with "([^"]+)"/.exec(textAt(cause, 'message') ?? '')?.[1] ?? 'another manager';
}

/** The table of a conflict: whose field it is, our value and theirs, and since when. `live` is the whole live object with its managedFields. */
export function conflictsOf(failure: Failure, ours: KubeObject, live: KubeObject | undefined): FieldConflict[] {
  const mine = shown(ours);
  const theirs = live && shown(live);
  return foreignCauses(failure).map((cause) => {
    const name = textAt(cause, 'field') ?? '';
    const manager = managerOf(cause);
    const entry = listAt(live, 'metadata', 'managedFields').findLast((entry) => textAt(entry, 'manager') === manager);
    const since = textAt(entry, 'time');
    return {
      field: name.replace(/^\./, ''),
      manager,
      ours: field(mine, ...readFieldPath(name, mine)),
      live: field(theirs, ...readFieldPath(name, theirs)),
      ...(since === undefined ? {} : { since }),
    };
  });
}

/** The values of a Secret are hashes wherever they could be read. */
function shown(object: KubeObject): KubeObject {
  return object.kind === 'Secret' ? comparable(object) : object;
}

/** Milliseconds the server asks to wait, 0 if it does not say. */
export function retryAfterOf(failure: Failure): number {
  return failure.retryAfterMs ?? (numberAt(fieldsAt(failure.detail, 'details'), 'retryAfterSeconds') ?? 0) * 1000;
}

import type { Failure } from '../base/failure.ts';
import type { KubeObject } from '../kubernetes/cluster.ts';
import { comparable } from './diff.ts';
import { readFieldPath } from './fieldPath.ts';
import { field, fieldsAt, listAt, numberAt, type Path, textAt } from './fields.ts';
import type { FieldConflict, StepAction } from './types.ts';

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
    return { action: 'conflict', reason: conflictWords(failure), paths: causePaths(failure, object) };
  if (NO_DRY_RUN.test(words))
    return { action: 'unverified', reason: 'an admission webhook does not take part in dry runs; verified on apply', paths: [] };
  if (failure.reason === 'forbidden' || failure.status === 403) return forbidden(words, failure, object);
  if (failure.status === 400 || failure.status === 422 || failure.reason === 'invalid') return invalid(words, failure, object);
  return undefined;
}

function typeErrors(words: string, object: KubeObject): Refusal {
  const fields = [...words.matchAll(/(?:^|\s)(\.[^\s:]+(?:\[[^\]]*\][^\s:]*)*): ([^\n]+)/g)];
  const said = fields.map(([, path, why]) => `${(path ?? '').slice(1)}: ${plainTypeError(why ?? '')}`);
  const unknown = [...words.matchAll(/unknown field "([^"]+)"/g)].map(([, path]) => path ?? '');
  const paths = [...fields.map(([, path]) => path ?? ''), ...unknown].map((path) => readFieldPath(path, object));
  return { action: 'invalid', reason: [...said, ...unknown.map((path) => `${path}: no such field`)].join('; ') || words, paths };
}

function plainTypeError(why: string): string {
  return why === 'field not declared in schema' ? 'no such field' : why;
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
    said.some((line) => /immutable|may not be changed|updates to .* forbidden/i.test(line)) ||
    /field is immutable|updates to \S+ spec for fields other than/.test(words);
  const reason = said.join('; ') || words.replace(/^\S+ "[^"]*" is invalid: /, '');
  return { action: immutable ? 'recreate' : 'invalid', reason, paths: causePaths(failure, object) };
}

/** The server prints whole structs as "Invalid value"; the sentence after them is what a person can use. */
function causeWords(path: string | undefined, message: string): string {
  const last =
    message.startsWith('Invalid value: {') || message.startsWith('Invalid value: [')
      ? message.slice(message.lastIndexOf(': ') + 2)
      : message;
  const words = last
    .replace(/^Required value(: )?/, 'is required ')
    .replace(/^Invalid value: ("[^"]*"): /, '$1 ')
    .trim();
  return path === undefined || path === '' || path === '<nil>' ? words : `${path}: ${words}`;
}

function causePaths(failure: Failure, object: KubeObject): Path[] {
  return causes(failure)
    .map((cause) => textAt(cause, 'field'))
    .filter((path) => path !== undefined && path !== '<nil>')
    .map((path) => readFieldPath(path ?? '', object));
}

function conflictWords(failure: Failure): string {
  const managers = new Set(causes(failure).map((cause) => managerOf(cause)));
  const fields = causes(failure).map((cause) => (textAt(cause, 'field') ?? '').replace(/^\./, ''));
  return `${fields.join(', ')} ${fields.length === 1 ? 'belongs' : 'belong'} to ${[...managers].join(', ')}`;
}

function managerOf(cause: unknown): string {
  return /conflict with "([^"]+)"/.exec(textAt(cause, 'message') ?? '')?.[1] ?? 'another manager';
}

/** The table of a conflict: whose field it is, our value and theirs, and since when. `live` is the whole live object with its managedFields. */
export function conflictsOf(failure: Failure, ours: KubeObject, live: KubeObject | undefined): FieldConflict[] {
  const mine = shown(ours);
  const theirs = live && shown(live);
  return causes(failure).map((cause) => {
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

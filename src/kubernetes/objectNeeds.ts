import type { Access } from './accessRules.ts';
import type { ApiKind } from './cluster.ts';
import { type ObjectWord, objectActions } from './objectActions.ts';

/**
 * What must be allowed, in the order of `kubectl auth can-i`: a verb; then a resource with its group (`jobs.batch`) if it is another one than the object's own; then a subresource. With the
 * first minor release of Kubernetes 1 that asks for it, where older ones do not.
 *
 * | Need | Of Deployment `web` |
 * |---|---|
 * | `patch` | patch `deployments.apps` `web` |
 * | `patch /scale` | patch `deployments.apps/scale` `web` |
 * | `get pods/log` | get `pods/log` in its namespace |
 */
export type Need = `${Verb}${'' | ` ${string}`}`;
type Verb = 'get' | 'list' | 'create' | 'patch' | 'delete' | 'approve';

/** What opens a WebSocket is a GET; since 1.35 it wants the right to create as well (kubernetes/kubernetes#134577; seen in 1.36). */
const stream = (path: string): readonly Need[] => [`get ${path}`, `create ${path} since 1.35`];

/** What the words of objects need that are commands of their own; those of the table of actions have a column for it. */
const wordNeeds = {
  describe: ['get'],
  compareObjects: ['get'],
  copyKey: ['get'],
  openKey: ['get'],
  editObject: ['get', 'patch'],
  rollBack: ['get', 'patch'],
  proveIt: ['get', 'list pods', 'delete pods'],
  copyToken: ['create /token'],
  openAsContext: ['get secrets'],
  // Evictions are everywhere: a node has pods of any namespace.
  drainNode: ['patch', 'list pods', 'create pods/eviction'],
  openNodeShell: ['create pods', 'list pods', ...stream('pods/attach'), 'delete pods'],
  logs: ['get pods/log'],
  enter: stream('/exec'),
  attach: stream('/attach'),
  debugPod: ['get', 'patch /ephemeralcontainers', ...stream('/attach')],
  forward: stream('pods/portforward'),
} as const satisfies Record<string, readonly Need[]>;

/** A word of an object's row that something must be allowed for. */
export type NeedyWord = keyof typeof wordNeeds | ObjectWord;

/** One thing that must be allowed. `own`: to the object itself, so that its name counts. */
export interface Required {
  readonly access: Access;
  readonly own: boolean;
}

/** What a word needs, done to objects of a kind on a server of that version (`v1.36.3`; unknown: an old one). Nothing for a word that needs nothing of its own. */
export function requiredFor(word: string, kind: Pick<ApiKind, 'group' | 'resource'>, version = ''): readonly Required[] {
  return needsOf(word).flatMap((need) => required(need, kind, version) ?? []);
}

function needsOf(word: string): readonly Need[] {
  if (Object.hasOwn(wordNeeds, word)) return wordNeeds[word as keyof typeof wordNeeds];
  return Object.hasOwn(objectActions, word) ? objectActions[word as ObjectWord].needs : [];
}

function required(need: Need, kind: Pick<ApiKind, 'group' | 'resource'>, version: string): Required | undefined {
  const [, verb = '', named = '', subresource, since = '0'] =
    /^(\w+)(?: ([\w.]+)?(?:\/(\w+))?(?: since 1\.(\d+))?)?$/.exec(need) ?? [];
  const minor = /^v?1\.(\d+)/.exec(version)?.[1] ?? '0';
  if (Number(minor) < Number(since)) return undefined;
  const [resource = '', ...groups] = named.split('.');
  const other = { resource, group: groups.join('.') };
  const own = resource === '' || (other.resource === kind.resource && other.group === kind.group);
  const of = own ? { resource: kind.resource, group: kind.group } : other;
  return { access: { verb, ...of, ...(subresource === undefined ? {} : { subresource }) }, own };
}

import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { failed, type Result, success } from '../../base/failure.ts';
import { isFields, textAt } from '../../base/fields.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../kubernetes/cluster.ts';
import { exactJson } from '../../kubernetes/exactJson.ts';
import { groupKind, groupOf } from '../../kubernetes/objectKey.ts';
import { isStack } from '../stacks/declaration.ts';

/** One object that a set deployed. */
export interface Member {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** Undefined until a run has seen the object. */
  readonly uid?: string;
  /** Where it was written: file name and index of the document, `shop.yaml#0`. No path: a machine's folders are nobody else's business. */
  readonly source?: string;
  /** Of a Heat stack: where it is, `demo/shop`. */
  readonly project?: string;
}

/** What a set deployed, as the cluster remembers it. */
export interface Inventory {
  /** Of the set, as people call it: `shop/deploy`. */
  readonly name: string;
  /** Of the object that holds it. */
  readonly namespace: string;
  /** What the members' label says. */
  readonly id: string;
  readonly members: readonly Member[];
}

/** The label of every member (KEP-3659, "ApplySet"). */
export const PART_OF = 'applyset.kubernetes.io/part-of';
const ID = 'applyset.kubernetes.io/id';
const TOOLING = 'applyset.kubernetes.io/tooling';
const GROUP_KINDS = 'applyset.kubernetes.io/contains-group-kinds';
const NAMESPACES = 'applyset.kubernetes.io/additional-namespaces';
/** The set's name, which a name of an object cannot always hold. */
const SET_NAME = 'hybrid-clusters/set';
const MEMBERS = 'members.json.gz';
const OURS = 'hybrid-clusters/v1';

/** A set of which nothing was deployed yet. */
export function emptyInventory(name: string, namespace: string): Inventory {
  return { name, namespace, id: idOf(parentName(name), namespace), members: [] };
}

/** The id of an ApplySet whose parent is a ConfigMap, version 1: `base64url(sha256(name.namespace.kind.group))` (KEP-3659, "Labels and annotations"). */
function idOf(parent: string, namespace: string): string {
  const hash = createHash('sha256').update(`${parent}.${namespace}.ConfigMap.`).digest('base64url');
  return `applyset-${hash}-v1`;
}

/** Of the 253 characters of a name so many are left for the set's own. */
const MOST_NAMED = 200;

/** Names of objects are lower case and know no `/`; what is changed or cut gets a hash, so that two sets never share a parent. */
function parentName(set: string): string {
  const plain = set
    .toLowerCase()
    .replaceAll('/', '.')
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/\.[-.]+|-+\./g, '.')
    .replace(/^[-.]+|[-.]+$/g, '');
  const same = plain.replaceAll('.', '/') === set && plain.length <= MOST_NAMED;
  const hash = createHash('sha256').update(set).digest('hex').slice(0, 8);
  return `hybrid-clusters-set-${same ? plain : `${plain.slice(0, MOST_NAMED).replace(/[-.]+$/, '')}-${hash}`}`;
}

/** Names a member, whatever version it was written in: `apps/Deployment shop/web`. */
export function memberKey({ apiVersion, kind, namespace, name }: ObjectRef): string {
  return `${groupKind({ apiVersion, kind })} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** An object marked as a member: what `kubectl apply --prune --applyset` and our own prune look for. */
export function asMember(object: KubeObject, id: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, [PART_OF]: id } } };
}

/** The members of both, those of `later` as it knows them: written before anything is applied, so that a crash forgets nothing. */
export function union(earlier: readonly Member[], later: readonly Member[]): Member[] {
  const known = new Map(earlier.map((member) => [memberKey(member), member]));
  for (const member of later) {
    const before = known.get(memberKey(member));
    known.set(memberKey(member), { ...member, ...uidOf(member.uid ?? before?.uid) });
  }
  return [...known.values()].sort(byKey);
}

const uidOf = (uid: string | undefined) => (uid === undefined ? {} : { uid });
const byKey = (one: Member, other: Member) => (memberKey(one) < memberKey(other) ? -1 : 1);

/** Whether two lists say the same: then nothing is written. */
export function sameMembers(one: readonly Member[], other: readonly Member[]): boolean {
  return membersText(one) === membersText(other);
}

const membersText = (members: readonly Member[]) =>
  exactJson(
    [...members].sort(byKey).map(({ apiVersion, kind, namespace, name, uid, source, project }) => ({
      apiVersion,
      kind,
      namespace,
      name,
      uid,
      source,
      project,
    })),
  );

/** The object that holds the inventory: the parent of an ApplySet, with the exact list of members compressed inside. It names objects and holds nothing of them. */
export function parentObject({ name, namespace, id, members }: Inventory): KubeObject {
  // a kind that no cluster serves would end `kubectl apply --prune`
  const kinds = members
    .filter((member) => !isStack(member))
    .map(({ apiVersion, kind }) => (groupOf(apiVersion) === '' ? kind : `${kind}.${groupOf(apiVersion)}`));
  const others = members.flatMap((member) => member.namespace ?? []).filter((other) => other !== namespace);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: parentName(name),
      namespace,
      labels: { [ID]: id },
      annotations: {
        [TOOLING]: OURS,
        [GROUP_KINDS]: [...new Set(kinds)].sort().join(','),
        [NAMESPACES]: [...new Set(others)].sort().join(','),
        [SET_NAME]: name,
      },
    },
    binaryData: { [MEMBERS]: gzipSync(membersText(members)).toString('base64') },
  };
}

/** The reference of the object that holds a set's inventory. */
export function parentRef({ name, namespace }: Pick<Inventory, 'name' | 'namespace'>): ObjectRef {
  return { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: parentName(name) };
}

/** Reads an inventory out of the object that holds it. Fails with `malformed` when somebody else wrote into it: then nothing is known, which is not the same as nothing being there. */
export function readParent(object: KubeObject): Result<Inventory> {
  const { name: parent, namespace = '', annotations = {}, labels = {} } = object.metadata;
  const id = idOf(parent, namespace);
  const broken = () =>
    failed(
      'malformed',
      `ConfigMap ${namespace}/${parent} should hold what was deployed, and cannot be read. Nothing is deleted by it; delete it to begin anew.`,
    );
  const name = annotations[SET_NAME];
  if (name === undefined || annotations[TOOLING] !== OURS || labels[ID] !== id) return broken();
  const members = readMembers(textAt(object, 'binaryData', MEMBERS) ?? '');
  return members === undefined ? broken() : success({ name, namespace, id, members });
}

function readMembers(packed: string): readonly Member[] | undefined {
  try {
    const read: unknown = JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString('utf8'));
    return Array.isArray(read) && read.every(isMember) ? read : undefined;
  } catch {
    // gunzip and JSON tell by throwing that the bytes are not theirs
    return undefined;
  }
}

const isMember = (one: unknown): one is Member =>
  isFields(one) && ['apiVersion', 'kind', 'name'].every((key) => typeof one[key] === 'string');

/** The sets deployed from here to a namespace, in the order of their names. Fails as the connection fails, and with `forbidden`. */
export async function readInventories(
  cluster: Cluster,
  namespace: string,
  signal?: AbortSignal,
): Promise<Result<{ readonly sets: readonly Inventory[]; readonly broken: readonly string[] }>> {
  const listed = await cluster.list('v1', 'ConfigMap', { namespace, labelSelector: ID }, signal);
  if (!listed.ok) return listed;
  const ours = listed.value.items.filter(({ metadata }) => metadata.annotations?.[TOOLING] === OURS);
  const read = ours.map((item) => readParent(item));
  return success({
    sets: read.flatMap((one) => (one.ok ? [one.value] : [])).sort((one, other) => (one.name < other.name ? -1 : 1)),
    broken: read.flatMap((one) => (one.ok ? [] : [one.failure.message])),
  });
}

/** What is said when no set of that name, or of none, was deployed. */
export function unknownSet(
  name: string | undefined,
  target: { readonly context: string; readonly namespace: string },
  sets: readonly Inventory[],
): string {
  const place = `${target.context}/${target.namespace}`;
  if (sets.length === 0) return `No set was deployed to ${place}, so there is nothing to undeploy.`;
  const known = `Deployed to ${place}: ${sets.map((set) => set.name).join(', ')}.`;
  return name === undefined ? `Name the set with --set. ${known}` : `No set ${name} was deployed to ${place}. ${known}`;
}

/** An inventory as text: a line per member. */
export function printInventory({ name, namespace, members }: Inventory): string {
  const lines = members.map((member) => {
    const { uid, source } = member;
    return `  ${memberKey(member)}${source === undefined ? '' : ` from ${source}`}${uid === undefined ? ', not seen yet' : ''}`;
  });
  return `${[`set ${name} in ${namespace}: ${members.length} ${members.length === 1 ? 'object' : 'objects'}`, ...lines].join('\n')}\n`;
}

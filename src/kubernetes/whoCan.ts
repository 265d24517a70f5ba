import type { Failure } from '../base/failure.ts';
import { type Access, type AccessRule, ruleAllows, ruleConcerns } from './accessRules.ts';
import type { Cluster, KubeObject, ObjectRef } from './cluster.ts';
import { objectName } from './objectActions.ts';

const group = 'rbac.authorization.k8s.io';
const apiVersion = `${group}/v1`;

/** Someone who may, and what says so. */
export interface Grant {
  /** `User alice`, `Group demo-editors`, `ServiceAccount shop/ci`. */
  readonly subject: string;
  readonly binding: ObjectRef;
  readonly role: ObjectRef;
  /** The objects that it is for; empty: all. */
  readonly names: readonly string[];
}

/** What RBAC says of one request. `unread`: why a part of it could not be read. */
export interface WhoCan {
  readonly grants: readonly Grant[];
  readonly unread: readonly Failure[];
  /** Roles that are bound and do not exist. */
  readonly rolesMissing: readonly ObjectRef[];
}

type RoleList = Awaited<ReturnType<Cluster['list']>>;

/**
 * Whom the roles of a cluster let make a request, in a namespace (its own bindings and those of the cluster) or outside of one. What is no part of RBAC (webhook authorisers, the group
 * `system:masters`) is not in it.
 */
export async function whoCan(cluster: Cluster, namespace: string | undefined, access: Access): Promise<WhoCan> {
  const list = (kind: string, space?: string) => cluster.list(apiVersion, kind, space === undefined ? {} : { namespace: space });
  const none: RoleList = { ok: true, value: { items: [], resourceVersion: undefined } };
  const lists = await Promise.all([
    namespace === undefined ? none : list('RoleBinding', namespace),
    list('ClusterRoleBinding'),
    namespace === undefined ? none : list('Role', namespace),
    list('ClusterRole'),
  ]);
  const [inside = [], everywhere = [], ...roles] = lists.map((one) => (one.ok ? one.value.items : []));
  const { grants, rolesMissing } = grantsOf([...inside, ...everywhere], roles.flat(), access);
  const read = { Role: lists[2]?.ok, ClusterRole: lists[3]?.ok };
  return {
    grants,
    rolesMissing: rolesMissing.filter(({ kind }) => kind in read && read[kind as keyof typeof read]),
    unread: lists.flatMap((one) => (one.ok ? [] : [one.failure])),
  };
}

/** The same of bindings and roles that are at hand. */
export function grantsOf(
  bindings: readonly KubeObject[],
  roles: readonly KubeObject[],
  access: Access,
): Pick<WhoCan, 'grants' | 'rolesMissing'> {
  const rules = new Map(roles.map((role) => [objectName(refOf(role)), listOf<AccessRule>(role['rules'])]));
  const missing = new Map<string, ObjectRef>();
  const grants = bindings.flatMap((binding) => {
    const role = roleOf(binding);
    const own = rules.get(objectName(role));
    if (!own) missing.set(objectName(role), role);
    const names = namesIn(own ?? [], access);
    if (!names) return [];
    const subjects = listOf<Subject>(binding['subjects']);
    return subjects.map((one) => ({ subject: subjectName(one), binding: refOf(binding), role, names }));
  });
  const sorted = grants.toSorted((one, other) => one.subject.localeCompare(other.subject));
  return { grants: sorted, rolesMissing: [...missing.values()] };
}

interface Subject {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** The names for which rules allow it, empty for all of them; undefined where they do not. */
function namesIn(rules: readonly AccessRule[], access: Access): readonly string[] | undefined {
  if (rules.some((rule) => ruleAllows(rule, access))) return [];
  const names = rules.filter((rule) => ruleConcerns(rule, access)).flatMap(({ resourceNames = [] }) => resourceNames);
  return names.length > 0 && access.name === undefined ? [...new Set(names)] : undefined;
}

function roleOf({ metadata, ...binding }: KubeObject): ObjectRef {
  const { kind = 'ClusterRole', name = '' } = (binding['roleRef'] ?? {}) as Subject;
  const { namespace } = metadata;
  return { apiVersion, kind, name, ...(kind === 'Role' && namespace !== undefined ? { namespace } : {}) };
}

function refOf({ kind, metadata: { name, namespace } }: KubeObject): ObjectRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

function subjectName({ kind = '?', namespace, name = '?' }: Subject): string {
  return `${kind} ${[kind === 'ServiceAccount' && namespace, name].filter(Boolean).join('/')}`;
}

function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value : [];
}

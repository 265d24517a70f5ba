import type { KubeObject } from '../kubernetes/cluster.ts';
import { type Fields, field, fieldsAt, isFields, listAt, type Path, textAt } from './fields.ts';
import { groupOf } from './key.ts';
import { CONTAINER_LISTS, podSpecOf } from './podTemplate.ts';

/** One object named by another. */
export interface ObjectReference {
  /** `group/Kind`: `/ConfigMap`, `storage.k8s.io/StorageClass`. */
  readonly to: string;
  readonly name: string;
  /** Namespace of the object named; undefined for kinds of the whole cluster. */
  readonly namespace?: string;
  /** Where the name stands in the object that names it. */
  readonly at: Path;
  /** Soft: good to have first, but nothing fails without; dropped where it would close a circle. */
  readonly soft: boolean;
  /** True if the pod starts without it (`optional: true`). */
  readonly optional?: boolean;
  /** The key of a ConfigMap or Secret that is asked for. */
  readonly key?: string;
}

/** Where a reference may stand: `at` walks lists with `*`; the value there is a name. A row per reference of a kind. */
interface Row {
  readonly at: Path;
  readonly to: string;
  readonly soft?: true;
  readonly cluster?: true;
  readonly key?: string;
}

const IN_CONTAINER: readonly Row[] = [
  { at: ['envFrom', '*', 'configMapRef', 'name'], to: '/ConfigMap' },
  { at: ['envFrom', '*', 'secretRef', 'name'], to: '/Secret' },
  { at: ['env', '*', 'valueFrom', 'configMapKeyRef', 'name'], to: '/ConfigMap', key: 'key' },
  { at: ['env', '*', 'valueFrom', 'secretKeyRef', 'name'], to: '/Secret', key: 'key' },
];

const IN_POD: readonly Row[] = [
  ...CONTAINER_LISTS.flatMap((list) => IN_CONTAINER.map((row) => ({ ...row, at: [list, '*', ...row.at] }))),
  { at: ['volumes', '*', 'configMap', 'name'], to: '/ConfigMap' },
  { at: ['volumes', '*', 'secret', 'secretName'], to: '/Secret' },
  { at: ['volumes', '*', 'persistentVolumeClaim', 'claimName'], to: '/PersistentVolumeClaim' },
  { at: ['volumes', '*', 'projected', 'sources', '*', 'configMap', 'name'], to: '/ConfigMap' },
  { at: ['volumes', '*', 'projected', 'sources', '*', 'secret', 'name'], to: '/Secret' },
  { at: ['imagePullSecrets', '*', 'name'], to: '/Secret', soft: true },
  { at: ['serviceAccountName'], to: '/ServiceAccount' },
  { at: ['priorityClassName'], to: 'scheduling.k8s.io/PriorityClass', cluster: true },
  { at: ['runtimeClassName'], to: 'node.k8s.io/RuntimeClass', cluster: true },
];

const BY_KIND: Readonly<Record<string, readonly Row[]>> = {
  '/PersistentVolumeClaim': [
    { at: ['spec', 'storageClassName'], to: 'storage.k8s.io/StorageClass', cluster: true },
    { at: ['spec', 'volumeName'], to: '/PersistentVolume', cluster: true },
  ],
  '/PersistentVolume': [{ at: ['spec', 'storageClassName'], to: 'storage.k8s.io/StorageClass', cluster: true, soft: true }],
  'apps/StatefulSet': [
    { at: ['spec', 'serviceName'], to: '/Service', soft: true },
    { at: ['spec', 'volumeClaimTemplates', '*', 'spec', 'storageClassName'], to: 'storage.k8s.io/StorageClass', cluster: true },
  ],
  'networking.k8s.io/Ingress': [
    { at: ['spec', 'ingressClassName'], to: 'networking.k8s.io/IngressClass', cluster: true },
    { at: ['spec', 'defaultBackend', 'service', 'name'], to: '/Service', soft: true },
    { at: ['spec', 'rules', '*', 'http', 'paths', '*', 'backend', 'service', 'name'], to: '/Service', soft: true },
    { at: ['spec', 'tls', '*', 'secretName'], to: '/Secret', soft: true },
  ],
  'gateway.networking.k8s.io/Gateway': [
    { at: ['spec', 'gatewayClassName'], to: 'gateway.networking.k8s.io/GatewayClass', cluster: true },
  ],
  'gateway.networking.k8s.io/HTTPRoute': [
    { at: ['spec', 'parentRefs', '*', 'name'], to: 'gateway.networking.k8s.io/Gateway', soft: true },
    { at: ['spec', 'rules', '*', 'backendRefs', '*', 'name'], to: '/Service', soft: true },
  ],
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': [
    { at: ['spec', 'policyName'], to: 'admissionregistration.k8s.io/ValidatingAdmissionPolicy', cluster: true },
  ],
};

/** Cluster-wide kinds among the targets of a generic `…Ref`. */
const CLUSTER_WIDE = new Set(['rbac.authorization.k8s.io/ClusterRole', '/Namespace']);
const DEPENDS_ON = 'config.kubernetes.io/depends-on';
const ORC = 'openstack.k-orc.cloud';

/** Every object that an object names, as far as its kind is known here; pure, in the order of the text. */
export function referencesOf(object: KubeObject): ObjectReference[] {
  const pod = podSpecOf(object);
  return [
    ...(pod ? IN_POD.flatMap((row) => read(object, { ...row, at: [...pod.path, ...row.at] })) : []),
    ...(BY_KIND[`${groupOf(object.apiVersion)}/${object.kind}`] ?? []).flatMap((row) => read(object, row)),
    ...genericReferences(object),
    ...dependsOn(object),
  ];
}

function read(object: KubeObject, row: Row): ObjectReference[] {
  return expand(object, row.at).flatMap((at) => {
    const name = textAt(object, ...at);
    if (name === undefined || name === '') return [];
    const holder = fieldsAt(object, ...at.slice(0, -1));
    const key = row.key === undefined ? undefined : textAt(holder, row.key);
    return [
      {
        to: row.to,
        name,
        at,
        soft: row.soft ?? false,
        ...(row.cluster ? {} : namespaceOf(object)),
        ...(holder['optional'] === true ? { optional: true } : {}),
        ...(key === undefined ? {} : { key }),
      },
    ];
  });
}

/** The paths that a path with `*` stands for in this object. */
function expand(tree: unknown, path: Path): Path[] {
  const star = path.indexOf('*');
  if (star < 0) return [path];
  const before = path.slice(0, star);
  return listAt(tree, ...before).flatMap((_, index) => expand(tree, [...before, index, ...path.slice(star + 1)]));
}

function namespaceOf(object: KubeObject): { namespace?: string } {
  return object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace };
}

/**
 * References told by their shape: `{kind, name}` with an apiVersion, apiGroup or group (roleRef, scaleTargetRef, infrastructureRef, subjects …), ORC's
 * `networkRef: name` and its credentials Secret, Cluster API's `identityRef`.
 */
function genericReferences(object: KubeObject): ObjectReference[] {
  if (podSpecOf(object)) return [];
  return Object.entries(object).flatMap(([name, value]) => (NOT_BODY.has(name) ? [] : shapesIn(object, value, [name])));
}

const NOT_BODY = new Set(['metadata', 'status', 'kind', 'apiVersion']);

function shapesIn(object: KubeObject, value: unknown, at: Path): ObjectReference[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => shapesIn(object, item, [...at, index]));
  if (!isFields(value)) return [];
  const shaped = objectShape(value);
  return [
    ...(shaped ? [reference(object, shaped.to, shaped.name, [...at, 'name'], shaped.namespace)] : []),
    ...Object.entries(value).flatMap(([name, inner]) => namedField(object, name, inner, [...at, name])),
  ];
}

function namedField(object: KubeObject, name: string, value: unknown, at: Path): ObjectReference[] {
  if (groupOf(object.apiVersion) === ORC && typeof value === 'string') {
    const to = name === 'secretName' ? '/Secret' : orcKind(name);
    return to === undefined ? [] : [reference(object, to, value, at)];
  }
  const secret = name === 'identityRef' && textAt(value, 'kind') === undefined ? textAt(value, 'name') : undefined;
  return secret === undefined ? shapesIn(object, value, at) : [reference(object, '/Secret', secret, [...at, 'name'])];
}

function reference(object: KubeObject, to: string, name: string, at: Path, namespace?: string): ObjectReference {
  const place = CLUSTER_WIDE.has(to) ? {} : namespace === undefined ? namespaceOf(object) : { namespace };
  return { to, name, at, soft: true, ...place };
}

function objectShape(value: Fields): { to: string; name: string; namespace: string | undefined } | undefined {
  const kind = textAt(value, 'kind');
  const name = textAt(value, 'name');
  if (kind === undefined || name === undefined) return undefined;
  const apiVersion = textAt(value, 'apiVersion');
  const group = apiVersion === undefined ? (textAt(value, 'apiGroup') ?? textAt(value, 'group') ?? '') : groupOf(apiVersion);
  return { to: `${group}/${kind}`, name, namespace: textAt(value, 'namespace') };
}

/** ORC names its fields after the kind: `networkRef` → Network, `routerRef` → Router. */
function orcKind(name: string): string | undefined {
  const match = /^([a-z][A-Za-z]*)Ref$/.exec(name)?.[1];
  return match && `${ORC}/${match.charAt(0).toUpperCase()}${match.slice(1)}`;
}

/** cli-utils' annotation: `group/namespaces/ns/Kind/name` or `group/Kind/name`, comma separated. */
function dependsOn(object: KubeObject): ObjectReference[] {
  const value = textAt(field(object, 'metadata'), 'annotations', DEPENDS_ON) ?? '';
  const at: Path = ['metadata', 'annotations', DEPENDS_ON];
  return value.split(',').flatMap((entry): ObjectReference[] => {
    const parts = entry.trim().split('/');
    const [group, second, namespace, kind, name] = parts;
    if (parts.length === 5 && second === 'namespaces' && kind && name && namespace !== undefined)
      return [{ to: `${group}/${kind}`, name, namespace, at, soft: false }];
    if (parts.length === 3 && second && namespace) return [{ to: `${group}/${second}`, name: namespace, at, soft: false }];
    return [];
  });
}

/** Whether this reference asks that the other works, not only that it is there. */
export function needsReady(reference: ObjectReference): boolean {
  return reference.at.at(-1) === DEPENDS_ON;
}

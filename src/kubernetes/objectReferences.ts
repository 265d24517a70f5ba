import { type Fields, field, fieldsAt, isFields, listAt, type Path, textAt } from '../base/fields.ts';
import type { KubeObject } from './cluster.ts';
import { groupOf } from './objectKey.ts';
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
  /** Soft, for it may come later; but whoever names it does nothing for anybody until then. */
  readonly wanted?: true;
}

/** Where a reference may stand: `at` walks lists with `*`; the value there is a name. A row per reference of a kind. */
interface Row {
  readonly at: Path;
  readonly to: string;
  readonly soft?: true;
  readonly cluster?: true;
  readonly key?: string;
  readonly wanted?: true;
}

const aService = { to: '/Service', soft: true, wanted: true } as const;
const ofWebhooks: readonly Row[] = [{ at: ['webhooks', '*', 'clientConfig', 'service', 'name'], ...aService }];

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
  { at: ['nodeName'], to: '/Node', cluster: true, soft: true },
  { at: ['priorityClassName'], to: 'scheduling.k8s.io/PriorityClass', cluster: true },
  { at: ['runtimeClassName'], to: 'node.k8s.io/RuntimeClass', cluster: true },
];

const BY_KIND: Readonly<Record<string, readonly Row[]>> = {
  '/PersistentVolumeClaim': [
    { at: ['spec', 'storageClassName'], to: 'storage.k8s.io/StorageClass', cluster: true },
    { at: ['spec', 'volumeName'], to: '/PersistentVolume', cluster: true },
  ],
  '/PersistentVolume': [{ at: ['spec', 'storageClassName'], to: 'storage.k8s.io/StorageClass', cluster: true, soft: true }],
  '/ServiceAccount': [
    { at: ['secrets', '*', 'name'], to: '/Secret', soft: true },
    { at: ['imagePullSecrets', '*', 'name'], to: '/Secret', soft: true },
  ],
  'apps/StatefulSet': [
    { at: ['spec', 'serviceName'], to: '/Service', soft: true },
    { at: ['spec', 'volumeClaimTemplates', '*', 'spec', 'storageClassName'], to: 'storage.k8s.io/StorageClass', cluster: true },
  ],
  'networking.k8s.io/Ingress': [
    { at: ['spec', 'ingressClassName'], to: 'networking.k8s.io/IngressClass', cluster: true },
    { at: ['spec', 'defaultBackend', 'service', 'name'], ...aService },
    { at: ['spec', 'rules', '*', 'http', 'paths', '*', 'backend', 'service', 'name'], ...aService },
    { at: ['spec', 'tls', '*', 'secretName'], to: '/Secret', soft: true },
  ],
  'gateway.networking.k8s.io/Gateway': [
    { at: ['spec', 'gatewayClassName'], to: 'gateway.networking.k8s.io/GatewayClass', cluster: true },
  ],
  'gateway.networking.k8s.io/HTTPRoute': [
    { at: ['spec', 'parentRefs', '*', 'name'], to: 'gateway.networking.k8s.io/Gateway', soft: true },
    { at: ['spec', 'rules', '*', 'backendRefs', '*', 'name'], ...aService },
  ],
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': ofWebhooks,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': ofWebhooks,
  'apiextensions.k8s.io/CustomResourceDefinition': [
    { at: ['spec', 'conversion', 'webhook', 'clientConfig', 'service', 'name'], ...aService },
  ],
  'apiregistration.k8s.io/APIService': [{ at: ['spec', 'service', 'name'], ...aService }],
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': [
    { at: ['spec', 'policyName'], to: 'admissionregistration.k8s.io/ValidatingAdmissionPolicy', cluster: true },
  ],
};

/** Cluster-wide kinds among the targets of a generic `…Ref`. */
const CLUSTER_IDENTITY = 'infrastructure.cluster.x-k8s.io/OpenStackClusterIdentity';
const CLUSTER_WIDE = new Set(['rbac.authorization.k8s.io/ClusterRole', '/Namespace', CLUSTER_IDENTITY]);
const DEPENDS_ON = 'config.kubernetes.io/depends-on';
const ORC = 'openstack.k-orc.cloud';

const ALL_CLUSTER_WIDE = new Set([
  ...CLUSTER_WIDE,
  ...[IN_POD, ...Object.values(BY_KIND)].flatMap((rows) => rows.filter(({ cluster }) => cluster).map(({ to }) => to)),
]);

/** Whether objects of a `group/Kind` that a reference can name belong to the whole cluster, not to a namespace. */
export function isClusterWide(to: string): boolean {
  return ALL_CLUSTER_WIDE.has(to);
}

/** Parts of objects that never change, in which nothing is named by its shape; for which API group. */
export type NameLess = WeakMap<object, string>;

/** Every object that an object names, as far as its kind is known here; pure, in the order of the text. `nameless`: what is known of parts that it shares with others, which is added to. */
export function referencesOf(object: KubeObject, nameless?: NameLess): ObjectReference[] {
  const pod = podSpecOf(object);
  return [
    ...(pod ? IN_POD.flatMap((row) => read(object, { ...row, at: [...pod.path, ...row.at] })) : []),
    ...(BY_KIND[`${groupOf(object.apiVersion)}/${object.kind}`] ?? []).flatMap((row) => read(object, row)),
    ...genericReferences(object, nameless),
    ...dependsOn(object),
  ];
}

function read(object: KubeObject, row: Row): ObjectReference[] {
  return expand(object, row.at).flatMap((at) => {
    const name = textAt(object, ...at);
    if (name === undefined || name === '') return [];
    const holder = fieldsAt(object, ...at.slice(0, -1));
    // A backend of the Gateway API may be of another kind.
    if (row.to === '/Service' && ((holder['kind'] ?? 'Service') !== 'Service' || (holder['group'] ?? '') !== '')) return [];
    const key = row.key === undefined ? undefined : textAt(holder, row.key);
    return [
      {
        to: row.to,
        name,
        at,
        soft: row.soft ?? false,
        ...(row.cluster ? {} : namespaceOf(object, textAt(holder, 'namespace'))),
        ...(holder['optional'] === true ? { optional: true } : {}),
        ...(key === undefined ? {} : { key }),
        ...(row.wanted ? { wanted: true } : {}),
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

function namespaceOf(object: KubeObject, named?: string): { namespace?: string } {
  const namespace = named ?? object.metadata.namespace;
  return namespace === undefined ? {} : { namespace };
}

/**
 * References told by their shape: `{kind, name}` with an apiVersion, apiGroup or group (roleRef, scaleTargetRef, infrastructureRef, subjects …), ORC's
 * `networkRef: name` and its credentials Secret, Cluster API's `identityRef`.
 */
function genericReferences(object: KubeObject, nameless?: NameLess): ObjectReference[] {
  if (podSpecOf(object)) return [];
  const shapes = new Shapes(object, nameless);
  for (const [name, value] of Object.entries(object)) if (!NOT_BODY.has(name)) shapes.lookInto(value, [name]);
  return shapes.found;
}

const NOT_BODY = new Set(['metadata', 'status', 'kind', 'apiVersion']);
/** Of parts with so many fields it is remembered that they name nothing. */
const LARGE = 128;

/** Goes through a body once: most of it names nothing. */
class Shapes {
  readonly found: ObjectReference[] = [];
  readonly #object: KubeObject;
  readonly #group: string;
  readonly #nameless: NameLess | undefined;
  #seen = 0;

  constructor(object: KubeObject, nameless: NameLess | undefined) {
    this.#object = object;
    this.#group = groupOf(object.apiVersion);
    this.#nameless = nameless;
  }

  /** `at` is where the value stands; it is the same list afterwards. */
  lookInto(value: unknown, at: (string | number)[]): void {
    if (typeof value !== 'object' || value === null || this.#nameless?.get(value) === this.#group) return;
    const [seen, found] = [this.#seen, this.found.length];
    if (Array.isArray(value)) this.#items(value, at);
    else if (isFields(value)) this.#fields(value, at);
    if (this.found.length === found && this.#seen - seen >= LARGE) this.#nameless?.set(value, this.#group);
  }

  #items(items: readonly unknown[], at: (string | number)[]): void {
    this.#seen += items.length;
    for (const [index, item] of items.entries()) {
      at.push(index);
      this.lookInto(item, at);
      at.pop();
    }
  }

  #fields(value: Fields, at: (string | number)[]): void {
    const shaped = objectShape(value);
    if (shaped) this.#tell(shaped.to, shaped.name, [...at, 'name'], shaped.namespace);
    const fields = Object.entries(value);
    this.#seen += fields.length;
    for (const [name, inner] of fields) {
      at.push(name);
      this.#field(name, inner, at);
      at.pop();
    }
  }

  #field(name: string, value: unknown, at: (string | number)[]): void {
    if (this.#group === ORC && typeof value === 'string') {
      const to = name === 'secretName' ? '/Secret' : orcKind(name);
      if (to !== undefined) this.#tell(to, value, [...at]);
      return;
    }
    const identity = name === 'identityRef' && textAt(value, 'kind') === undefined ? textAt(value, 'name') : undefined;
    if (identity === undefined) this.lookInto(value, at);
    else {
      const to = textAt(value, 'type') === 'ClusterIdentity' ? CLUSTER_IDENTITY : '/Secret';
      this.#tell(to, identity, [...at, 'name'], textAt(value, 'namespace'));
    }
  }

  #tell(to: string, name: string, at: Path, namespace?: string): void {
    this.found.push(reference(this.#object, to, name, at, namespace));
  }
}

function reference(object: KubeObject, to: string, name: string, at: Path, namespace?: string): ObjectReference {
  const place = CLUSTER_WIDE.has(to) ? {} : namespaceOf(object, namespace);
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

/** Kinds without which a pod does not start or a volume does not come: whoever names one that does not exist waits in vain. */
const NEEDED = new Set([
  '/ConfigMap',
  '/Secret',
  '/PersistentVolumeClaim',
  'storage.k8s.io/StorageClass',
  '/ServiceAccount',
  'scheduling.k8s.io/PriorityClass',
  'networking.k8s.io/IngressClass',
]);

/** Whether who holds this reference does not come to work while the other is not there. */
export function isNeeded({ to, soft, optional, wanted }: ObjectReference): boolean {
  return (wanted === true || (NEEDED.has(to) && !soft)) && optional !== true;
}

import { type Fields, field, fieldsAt, textAt } from '../base/fields.ts';
import { groupKind } from '../kubernetes/objectKey.ts';
import { type CredentialsReference, credentialsNamedIn } from './credentials.ts';
import { type Manifest, type ManifestObject, objectOf } from './manifest.ts';
import { placeholders } from './placeholders.ts';

/** What keeps credentials, or leads to them, as it stands in a file or a cluster. */
export interface Keeper {
  readonly object: ManifestObject;
  /** Undefined for an object of a cluster. */
  readonly file?: string;
}

/** What a text shows that may hold any of the objects by which credentials are found. */
export const mayLeadToCredentials =
  /(?:^[ \t-]*|[{,]\s*)"?kind"?\s*:\s*["']?(?:Secret|ConfigMap|OpenStack\w+|Cluster|Machine\w*|KubeadmControlPlane|\w+ControlPlane|SecretBinding|CredentialsBinding|List)\b/m;

const infrastructure = 'infrastructure.cluster.x-k8s.io';
const machines = new Set([`${infrastructure}/OpenStackMachine`, `${infrastructure}/OpenStackMachineTemplate`]);

/**
 * What an object that leads to a Secret leads to. Sources: cluster-api-provider-openstack, `OpenStackClusterIdentity.spec.secretRef`; gardener/gardener, `SecretBinding.secretRef` and
 * `CredentialsBinding.credentialsRef`, which may name a WorkloadIdentity instead.
 */
const leads: Readonly<Record<string, (object: ManifestObject) => unknown>> = {
  [`${infrastructure}/OpenStackClusterIdentity`]: (object) => field(object, 'spec', 'secretRef'),
  'core.gardener.cloud/SecretBinding': (object) => field(object, 'secretRef'),
  'security.gardener.cloud/CredentialsBinding': (object) =>
    textAt(object, 'credentialsRef', 'kind') === 'Secret' ? field(object, 'credentialsRef') : undefined,
};

/** Whether what a reference names leads on to something else. */
export function leadsOn({ to }: CredentialsReference): boolean {
  return Object.hasOwn(leads, to);
}

/** The Secret that an object leads to; undefined where it leads to none. */
export function nextOf(reference: CredentialsReference, object: ManifestObject): CredentialsReference | undefined {
  const secret = leads[reference.to]?.(object);
  const name = textAt(secret, 'name');
  if (!name || placeholders.test(name)) return undefined;
  const namespace = textAt(secret, 'namespace') ?? reference.namespace;
  return { ...reference, to: '/Secret', name, ...(namespace ? { namespace } : {}) };
}

/**
 * What a reference names, among manifests: of that kind, name and namespace (one left open fits any). Of several the one in the same file counts, else the one that is kept nearest;
 * two that are equally near and say different things are nobody's. Templates and encrypted files are not read.
 */
export function keeperOf(reference: CredentialsReference, manifests: readonly Manifest[]): Keeper | undefined {
  const kinds = reference.to === 'cloud.conf' ? ['/Secret', '/ConfigMap'] : [reference.to];
  const found = manifests.flatMap((manifest): Keeper[] => {
    const { apiVersion, kind, name, namespace, file, template } = manifest;
    if (template || !apiVersion || !kind || name !== reference.name || !kinds.includes(groupKind({ apiVersion, kind })))
      return [];
    if (namespace && reference.namespace && namespace !== reference.namespace) return [];
    const object = objectOf(manifest);
    return object.ok ? [{ object: object.value, file }] : [];
  });
  return nearest(reference.file, found);
}

function nearest(file: string | undefined, found: readonly Keeper[]): Keeper | undefined {
  const near = (keeper: Keeper) => (keeper.file === file ? Number.POSITIVE_INFINITY : sharedFolders(keeper.file, file));
  const most = Math.max(...found.map(near));
  const best = found.filter((keeper) => near(keeper) === most);
  const texts = new Set(best.map(({ object }) => JSON.stringify(object)));
  return texts.size === 1 ? best[0] : undefined;
}

function sharedFolders(one = '', other = ''): number {
  const [left, right] = [one.split('/').slice(0, -1), other.split('/').slice(0, -1)];
  const differs = left.findIndex((name, index) => name !== right[index]);
  return differs < 0 ? left.length : differs;
}

/** Whether a reference stands for the credentials of whichever cluster a machine belongs to. */
export function isInherited({ to }: CredentialsReference): boolean {
  return machines.has(to);
}

/**
 * What the cluster says to which a machine (or a template of machines) belongs: by the machine's label, or by what makes machines of the template; without either, the only cluster that these manifests have in
 * its namespace and folder. Of several clusters of one name those in its folder count. Undefined where that is not known: then nobody said anything.
 * Source: Cluster API, `api/core/v1beta1` (`clusterName`, `infrastructureRef`, label `cluster.x-k8s.io/cluster-name`).
 */
export function inheritedFrom(reference: CredentialsReference, manifests: readonly Manifest[]): CredentialsReference | undefined {
  const { infrastructures, clusters, naming } = machineryIn(manifests);
  const here = ({ manifest: { namespace } }: Part) => !namespace || !reference.namespace || namespace === reference.namespace;
  const owners = clusters.filter(here);
  const makers = (naming.get(`${kindOf(reference)} ${reference.name}`) ?? []).filter(here);
  const names = new Set(makers.flatMap(({ object }) => clusterNames(reference, object, owners)));
  const wanted = owners
    .filter(({ object }) => names.has(textAt(object, 'metadata', 'name') ?? ''))
    .map(({ object }) => textAt(object, 'spec', 'infrastructureRef', 'name'));
  const local = infrastructures.filter(here);
  const beside = local.filter(({ manifest: { file } }) => folderOf(file) === folderOf(reference.file ?? file));
  const known = ({ object }: Part) => wanted.includes(textAt(object, 'metadata', 'name'));
  const said = names.size === 0 ? saidBy(beside) : (saidBy(local.filter(known)) ?? saidBy(beside.filter(known)));
  return said && { ...said, field: reference.field, ...(reference.file ? { file: reference.file } : {}) };
}

/** An object of Cluster API, and the manifest it was read from. */
interface Part {
  readonly object: ManifestObject;
  readonly manifest: Manifest;
}

/** What of Cluster API stands among manifests. `naming`: by `Kind name`, what may tell which cluster that belongs to. */
interface Machinery {
  readonly clusters: readonly Part[];
  readonly infrastructures: readonly Part[];
  readonly naming: ReadonlyMap<string, readonly Part[]>;
}

const machineries = new WeakMap<readonly Manifest[], Machinery>();

/** Gone through once for each set of manifests: each of a thousand machines asks it for its cluster. */
function machineryIn(manifests: readonly Manifest[]): Machinery {
  const known = machineries.get(manifests);
  if (known) return known;
  const parts = manifests.flatMap((manifest): Part[] => {
    const isOfThese = /^(?:[\w.-]+\.)?cluster\.x-k8s\.io\//.test(manifest.apiVersion ?? '');
    const object = isOfThese ? objectOf(manifest) : undefined;
    return object?.ok ? [{ object: object.value, manifest }] : [];
  });
  const naming = new Map<string, Part[]>();
  for (const part of parts)
    for (const key of namedBy(part.object)) {
      const named = naming.get(key) ?? [];
      named.push(part);
      naming.set(key, named);
    }
  const ofKind = (kind: string) => parts.filter(({ object }) => object.kind === kind);
  const machinery = { clusters: ofKind('Cluster'), infrastructures: ofKind('OpenStackCluster'), naming };
  machineries.set(manifests, machinery);
  return machinery;
}

/** The machines and templates of which an object may tell the cluster: itself, and those it makes machines of. */
function namedBy(object: ManifestObject): ReadonlySet<string> {
  const made = templatesOf(object).map((ref) => `${ref['kind']} ${ref['name']}`);
  return new Set([`${object.kind} ${textAt(object, 'metadata', 'name')}`, ...made]);
}

function kindOf({ to }: CredentialsReference): string {
  return to.slice(to.indexOf('/') + 1);
}

/** What clusters say of themselves, where they agree. */
function saidBy(owners: readonly Part[]): CredentialsReference | undefined {
  const said = owners.flatMap(({ manifest }) => {
    const [own] = credentialsNamedIn(manifest.local).filter(({ within }) => within.length === 1);
    return own ? [own.reference] : [];
  });
  return new Set(said.map((one) => JSON.stringify(one))).size === 1 ? said[0] : undefined;
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/') + 1);
}

const label = 'cluster.x-k8s.io/cluster-name';

/** The clusters that a machine, or a template by what uses it, belongs to, as far as one object tells. */
function clusterNames(reference: CredentialsReference, object: ManifestObject, clusters: readonly Part[]): readonly string[] {
  const { to, name } = reference;
  const labelled = textAt(object, 'metadata', 'labels', label);
  if (groupKind(object) === to && textAt(object, 'metadata', 'name') === name && labelled) return [labelled];
  if (!templatesOf(object).some((ref) => ref['kind'] === kindOf(reference) && ref['name'] === name)) return [];
  const own = textAt(object, 'spec', 'clusterName') ?? labelled;
  if (own) return [own];
  // A control plane does not name its cluster; the cluster names it.
  return clusters.flatMap(({ object: cluster }) => {
    const names = textAt(cluster, 'spec', 'controlPlaneRef', 'name') === textAt(object, 'metadata', 'name');
    return names ? [textAt(cluster, 'metadata', 'name') ?? ''] : [];
  });
}

function templatesOf(object: ManifestObject): readonly Fields[] {
  return [
    fieldsAt(object, 'spec', 'template', 'spec', 'infrastructureRef'),
    fieldsAt(object, 'spec', 'machineTemplate', 'infrastructureRef'),
    fieldsAt(object, 'spec', 'machineTemplate', 'spec', 'infrastructureRef'),
    fieldsAt(object, 'spec', 'infrastructureRef'),
  ];
}

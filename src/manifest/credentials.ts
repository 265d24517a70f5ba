import { groupKind } from '../kubernetes/objectKey.ts';
import type { LocalManifest } from './manifest.ts';
import { type Path, parsePattern, textAt } from './path.ts';
import { placeholders } from './placeholders.ts';

/**
 * Whose credentials a controller uses for a manifest, as far as the manifest itself says: plain data, so that it can be part of a question. It holds names only, never
 * a secret.
 */
export interface CredentialsReference {
  /** The field that says so, for sentences: `identityRef`. */
  readonly field: string;
  /**
   * What is named, as `group/Kind`: a `/Secret`, or what leads to one (`core.gardener.cloud/SecretBinding`); a machine of Cluster API leads to its cluster's.
   * `cloud.conf`: the Secret or ConfigMap that holds such a file; `clouds.yaml`: an entry of the user's own.
   */
  readonly to: string;
  readonly name: string;
  /** Undefined where the manifest leaves it to whoever applies it. */
  readonly namespace?: string;
  /** The entry of the clouds.yaml in the Secret. */
  readonly cloud?: string;
  readonly region?: string;
  /** The file of the manifest, where several are checked together. */
  readonly file?: string;
}

/** Where manifests say whose credentials count. Patterns as in path.ts; of several names the first that is written counts. */
interface Row {
  /** `group/Kind`, or the form of a file without one. */
  readonly in: RegExp;
  /** What stands below this path is done with these credentials; of several rows the deepest counts. */
  readonly within: string;
  readonly field: string;
  readonly to: string;
  readonly name: string;
  readonly namespace?: string;
  readonly cloud?: readonly string[];
  readonly region?: string;
  /** Pattern → what its text must be; a text that is not written fits, too. */
  readonly when?: readonly [pattern: string, is: RegExp];
  /** True if the name is of the whole cluster. */
  readonly clusterWide?: true;
}

const infrastructure = 'infrastructure.cluster.x-k8s.io';
const clusterIdentity = /^(?:ClusterIdentity|OpenStackClusterIdentity)$/;

/** `identityRef` of cluster-api-provider-openstack. Source: `api/v1beta1/identity_types.go`; `cloudName` stood beside it until v1alpha7. */
function identity(kinds: string, spec: string, within = spec): Row[] {
  const row = {
    in: new RegExp(`^${infrastructure}/(?:${kinds})$`),
    within,
    field: 'identityRef',
    name: `${spec}.identityRef.name`,
    cloud: [`${spec}.identityRef.cloudName`, `${spec}.cloudName`],
    region: `${spec}.identityRef.region`,
  };
  const type = (is: RegExp) => [`${spec}.identityRef.type`, is] as const;
  return [
    { ...row, to: '/Secret', when: type(/^(?:Secret|)$/) },
    { ...row, to: `${infrastructure}/OpenStackClusterIdentity`, when: type(clusterIdentity), clusterWide: true },
  ];
}

/**
 * Sources: cluster-api-provider-openstack, `api/v1beta1`; k-orc/openstack-resource-controller, `api/v1alpha1/common_types.go`; gardener/gardener, `pkg/apis/core/v1beta1/types_shoot.go`,
 * `pkg/apis/extensions/v1alpha1/types_defaults.go`; gardener/machine-controller-manager, `pkg/apis/machine/v1alpha1/machineclass_types.go`; openshift/api, `machine/v1alpha1/types_openstack.go`;
 * openshift/installer, `pkg/types/openstack/platform.go`; cloud-provider-openstack, `docs/manila-csi-plugin/using-manila-csi-plugin.md`.
 */
const rows: readonly Row[] = [
  ...identity('OpenStackCluster|OpenStackServer|OpenStackFloatingIPPool|OpenStackMachine', 'spec'),
  ...identity('OpenStackClusterTemplate|OpenStackMachineTemplate', 'spec.template.spec'),
  ...identity('OpenStackCluster', 'spec.bastion.spec'),
  ...identity('OpenStackClusterTemplate', 'spec.template.spec.bastion.spec'),
  // One that names nobody is made with the credentials of its cluster.
  ...['OpenStackMachine', 'OpenStackMachineTemplate'].map(
    (kind): Row => ({
      in: new RegExp(`^${infrastructure}/${kind}$`),
      within: '',
      field: 'identityRef of its cluster',
      to: `${infrastructure}/${kind}`,
      name: 'metadata.name',
    }),
  ),
  {
    in: /^openstack\.k-orc\.cloud\//,
    within: '',
    field: 'cloudCredentialsRef',
    to: '/Secret',
    name: 'spec.cloudCredentialsRef.secretName',
    cloud: ['spec.cloudCredentialsRef.cloudName'],
  },
  {
    in: /^core\.gardener\.cloud\/Shoot$/,
    within: '',
    field: 'secretBindingName',
    to: 'core.gardener.cloud/SecretBinding',
    name: 'spec.secretBindingName',
    region: 'spec.region',
  },
  {
    in: /^core\.gardener\.cloud\/Shoot$/,
    within: '',
    field: 'credentialsBindingName',
    to: 'security.gardener.cloud/CredentialsBinding',
    name: 'spec.credentialsBindingName',
    region: 'spec.region',
  },
  {
    in: /^extensions\.gardener\.cloud\//,
    within: '',
    field: 'secretRef',
    to: '/Secret',
    name: 'spec.secretRef.name',
    namespace: 'spec.secretRef.namespace',
    region: 'spec.region',
  },
  ...['secretRef', 'credentialsSecretRef'].map(
    (field): Row => ({
      in: /^machine\.sapcloud\.io\/MachineClass$/,
      within: '',
      field,
      to: '/Secret',
      name: `${field}.name`,
      namespace: `${field}.namespace`,
      region: 'providerSpec.spec.region',
    }),
  ),
  ...['spec.providerSpec.value', 'spec.template.spec.providerSpec.value'].map(
    (value): Row => ({
      in: /^machine\.openshift\.io\/Machine(?:Set)?$/,
      within: value,
      field: 'cloudsSecret',
      to: '/Secret',
      name: `${value}.cloudsSecret.name`,
      namespace: `${value}.cloudsSecret.namespace`,
      cloud: [`${value}.cloudName`],
    }),
  ),
  {
    in: /^install-config\.yaml$/,
    within: 'platform.openstack',
    field: 'platform.openstack.cloud',
    to: 'clouds.yaml',
    name: 'platform.openstack.cloud',
  },
  { in: /^cloud\.conf$/, within: '', field: 'cloud.conf', to: 'cloud.conf', name: 'metadata.name' },
  {
    in: /^storage\.k8s\.io\/StorageClass$/,
    within: 'parameters',
    field: 'provisioner-secret-name',
    to: '/Secret',
    name: 'parameters[csi.storage.k8s.io/provisioner-secret-name]',
    namespace: 'parameters[csi.storage.k8s.io/provisioner-secret-namespace]',
    when: ['provisioner', /^(?:\w+\.)?manila\.csi\.openstack\.org$/],
  },
];

/** Whose credentials a manifest names, and for which of its parts. */
export interface NamedCredentials {
  readonly within: Path;
  readonly reference: CredentialsReference;
}

/** Every word of a manifest about whose credentials count. A name that is still to be filled in names nobody. */
export function credentialsNamedIn(manifest: LocalManifest): readonly NamedCredentials[] {
  const { apiVersion, kind, form, namespace } = manifest;
  const own = form ?? (apiVersion && kind ? groupKind({ apiVersion, kind }) : 'install-config.yaml');
  return rowsOf(own).flatMap((row): NamedCredentials[] => {
    const text = textsOf(manifest);
    // A file within a manifest is known by the name of that manifest.
    const name = row.name === 'metadata.name' ? manifest.name : text(row.name);
    if (!name || placeholders.test(name) || (row.when && !row.when[1].test(text(row.when[0]) ?? ''))) return [];
    const cloud = (row.cloud ?? []).map(text).find(Boolean);
    const region = row.region && text(row.region);
    const place = row.clusterWide ? undefined : ((row.namespace && text(row.namespace)) ?? namespace);
    const reference: CredentialsReference = {
      field: row.field,
      to: row.to,
      name,
      ...(place ? { namespace: place } : {}),
      ...(cloud ? { cloud } : {}),
      ...(region ? { region } : {}),
    };
    return [{ within: parsePattern(row.within) as Path, reference }];
  });
}

const byOwn = new Map<string, readonly Row[]>();
/** A kind that is being typed is another one at each keystroke. */
const mostKinds = 1000;

/** Those of a kind or form: looked for in the table once, for a file may hold thousands of a kind. */
function rowsOf(own: string): readonly Row[] {
  const known = byOwn.get(own) ?? rows.filter((row) => row.in.test(own));
  if (byOwn.size >= mostKinds) byOwn.clear();
  byOwn.set(own, known);
  return known;
}

function textsOf({ root, tree }: LocalManifest): (pattern: string) => string | undefined {
  return (pattern) => {
    const text = textAt(root, pattern, tree);
    return text === '' || (text !== undefined && placeholders.test(text)) ? undefined : text;
  };
}

/** Of all that a manifest names, the credentials that the field at a path is used with: those named nearest above it. */
export function credentialsAt(named: readonly NamedCredentials[], path: Path): CredentialsReference | undefined {
  const holding = named.filter(({ within }) => within.every((step, index) => path[index] === step));
  return holding.reduce<NamedCredentials | undefined>(
    (best, one) => (best && best.within.length > one.within.length ? best : one),
    undefined,
  )?.reference;
}

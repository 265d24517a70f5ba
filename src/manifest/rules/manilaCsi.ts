import type { FixedValues, Rule } from '../rule.ts';

const drivers = ['nfs.manila.csi.openstack.org', 'cephfs.manila.csi.openstack.org'] as const;
const storageClass = 'storage.k8s.io/v1 StorageClass';

/**
 * The Manila CSI driver, under both its names.
 * Source: kubernetes/cloud-provider-openstack, `pkg/csi/manila/options/shareoptions.go`, `docs/manila-csi-plugin/using-manila-csi-plugin.md`.
 */
export const manilaCsiRules: readonly Rule[] = [
  {
    in: 'v1 Secret',
    when: { 'stringData.os-authURL': 'anything' },
    at: 'stringData.os-region',
    to: 'identity.region',
    by: 'name',
    unknown: 'error',
  },
  ...drivers.flatMap(driverRules),
  {
    in: 'v1 PersistentVolumeClaim',
    at: 'metadata.annotations[manila.csi.openstack.org/group-id]',
    to: 'shared-file-system.share_group',
    by: 'id',
    unknown: 'error',
  },
  ...['affinity', 'anti-affinity'].map(
    (which): Rule => ({
      in: 'v1 PersistentVolumeClaim',
      at: `metadata.annotations[manila.csi.openstack.org/${which}]`,
      // Of a list nobody can say which one is meant.
      part: /^\s*([^,]+?)\s*$/,
      to: 'shared-file-system.share',
      by: 'idOrName',
      unknown: 'error',
    }),
  ),
];

function driverRules(driver: string): Rule[] {
  const dynamic = { in: storageClass, when: { provisioner: driver } } as const;
  const topology = 'allowedTopologies[*].matchLabelExpressions[*]';
  const fixed = { in: 'v1 PersistentVolume', when: { 'spec.csi.driver': driver } } as const;
  return [
    {
      ...dynamic,
      at: 'parameters.type',
      to: 'shared-file-system.share_type',
      by: 'idOrName',
      unknown: 'error',
      field: 'parameters.type',
    },
    {
      ...dynamic,
      at: 'parameters.shareNetworkID',
      to: 'shared-file-system.share_network',
      by: 'id',
      unknown: 'error',
      confused: ['network.network'],
    },
    {
      ...dynamic,
      at: 'parameters.availability',
      to: 'shared-file-system.availability_zone',
      by: 'name',
      unknown: 'error',
      field: 'parameters.availability',
    },
    {
      ...dynamic,
      at: `${topology}.values[*]`,
      beside: { [`${topology}.key`]: 'topology.manila.csi.openstack.org/zone' },
      to: 'compute.availability_zone',
      by: 'name',
      // A node's label has its zone without the characters that no label may have.
      unknown: 'warning',
      field: 'allowedTopologies',
    },
    { ...dynamic, at: 'parameters.groupID', to: 'shared-file-system.share_group', by: 'id', unknown: 'error' },
    {
      ...fixed,
      at: 'spec.csi.volumeAttributes.shareID',
      to: 'shared-file-system.share',
      by: 'id',
      unknown: 'error',
      confused: ['shared-file-system.snapshot'],
    },
    { ...fixed, at: 'spec.csi.volumeAttributes.shareName', to: 'shared-file-system.share', by: 'name', unknown: 'error' },
  ];
}

/** Parameters of a class; keys of other readers may stand beside them. */
export const manilaCsiValues: readonly FixedValues[] = [...['stringData', 'data'].map(secretKeys), ...drivers.map(classKeys)];

function classKeys(driver: string): FixedValues {
  return {
    in: storageClass,
    when: { provisioner: driver },
    at: 'parameters',
    called: 'parameter',
    reader: 'The Manila CSI driver',
    own: /^(?!csi\.storage\.k8s\.io\/)/,
    shared: true,
    keys: {
      type: {},
      shareNetworkID: {},
      availability: {},
      autoTopology: {},
      groupID: {},
      affinity: {},
      antiAffinity: {},
      appendShareMetadata: {},
      'cephfs-mounter': { words: ['kernel', 'fuse'], otherwise: { said: 'is refused by the driver', severity: 'error' } },
      'cephfs-clientID': {},
      'cephfs-kernelMountOptions': {},
      'cephfs-fuseMountOptions': {},
      'nfs-shareClient': {},
    },
    meant: { availabilityZone: 'availability', shareType: 'type', share_network_id: 'shareNetworkID' },
  };
}

/** Credentials of the driver; of other keys only a slip of the pen is told. Source: `pkg/client/client.go`, the names of AuthOpts. */
function secretKeys(at: string): FixedValues {
  const names = ['authURL', 'region', 'userID', 'userName', 'password', 'domainID', 'domainName', 'projectID', 'projectName']
    .concat(['projectDomainID', 'projectDomainName', 'userDomainID', 'userDomainName', 'trustID', 'trusteeID', 'trusteePassword'])
    .concat(['applicationCredentialID', 'applicationCredentialName', 'applicationCredentialSecret', 'certAuthorityPath'])
    .concat(['certAuthority', 'clientCertPath', 'clientKeyPath', 'TLSInsecure', 'endpointType', 'token', 'useClouds'])
    .concat(['cloudsFile', 'cloud']);
  return {
    in: 'v1 Secret',
    when: { [`${at}.os-authURL`]: 'anything' },
    at,
    called: 'setting',
    reader: 'The Manila CSI driver',
    own: /^os-/,
    shared: true,
    keys: Object.fromEntries(names.map((name) => [`os-${name}`, {}])),
  };
}

import { formOf } from '../form.ts';
import type { LocalManifest } from '../manifest.ts';
import type { LocalFinding } from '../parse.ts';
import { findAll, type Path, rangeAt, textAt, textBeside } from '../path.ts';

/** Where a manifest chooses the provider of load balancers, and what stands beside it that the provider ovn does not have. */
interface Row {
  readonly in: string;
  readonly provider: string;
  /** Pattern → what becomes of it. */
  readonly lacks: Readonly<Record<string, string>>;
}

const ignored = 'so it does nothing';
const balancer = (spec: string, field: string): Row['lacks'] => ({
  [`${spec}.${field}.flavor`]: ignored,
  [`${spec}.${field}.availabilityZone`]: ignored,
  [`${spec}.${field}.allowedCIDRs`]: 'so that everybody is let in',
});
const group = 'infrastructure.cluster.x-k8s.io';
const clusters = (['v1beta1', 'v1beta2'] as const).flatMap((version) => {
  const field = version === 'v1beta1' ? 'apiServerLoadBalancer' : 'apiServer.managedLoadBalancer';
  return (
    [
      ['OpenStackCluster', 'spec'],
      ['OpenStackClusterTemplate', 'spec.template.spec'],
    ] as const
  ).map(
    ([kind, spec]): Row => ({
      in: `${group}/${version} ${kind}`,
      provider: `${spec}.${field}.provider`,
      lacks: balancer(spec, field),
    }),
  );
});

/**
 * What the provider ovn of Octavia does not have. Source: OVN Octavia provider, `doc/source/admin/driver.rst`, "Limitations of the OVN Provider Driver" (layer 4 only, one algorithm, no
 * flavors); kubernetes/cloud-provider-openstack, `docs/openstack-cloud-controller-manager`, annotations "not supported by ovn"; CAPO, `allowedCIDRs`: "only amphora".
 */
const rows: readonly Row[] = [
  ...clusters,
  {
    in: 'cloud.conf',
    provider: 'LoadBalancer[*].lb-provider',
    lacks: {
      'LoadBalancer[*].flavor-id': ignored,
      'LoadBalancer[*].availability-zone': ignored,
      'LoadBalancer[*].default-tls-container-ref': 'and it ends no TLS',
    },
  },
];

const byForm = Map.groupBy(rows, (row) => row.in);

/** Settings that mean nothing to the provider of load balancers that stands beside them. */
export function ovnLimits(manifest: LocalManifest): readonly LocalFinding[] {
  const { root, tree } = manifest;
  const form = formOf(manifest);
  if (form === 'magnum cluster template') return method(manifest);
  return (byForm.get(form ?? '') ?? []).flatMap(({ provider, lacks }) =>
    Object.entries(lacks).flatMap(([at, why]) =>
      findAll(root, at, tree).flatMap(({ path }) =>
        textBeside(root, provider, path, tree) === 'ovn' ? [told(path, why, manifest)] : [],
      ),
    ),
  );
}

function told(path: Path, why: string, { root, tree }: LocalManifest): LocalFinding {
  const message = `The load balancer provider ovn knows no ${String(path.at(-1))}, ${why}.`;
  return { range: rangeAt(root, path, tree, 'key'), severity: 'warning', code: 'provider.ovn', message };
}

/** Magnum hands the method to Octavia, which refuses all others. Source: openstack/magnum, `doc/source/user/index.rst`, octavia_lb_algorithm. */
function method({ root, tree }: LocalManifest): LocalFinding[] {
  const chosen = textAt(root, 'labels.octavia_lb_algorithm', tree) ?? 'SOURCE_IP_PORT';
  if (textAt(root, 'labels.octavia_provider', tree) !== 'ovn' || chosen === 'SOURCE_IP_PORT') return [];
  const range = rangeAt(root, ['labels', 'octavia_lb_algorithm'], tree);
  const message =
    'The provider ovn balances by SOURCE_IP_PORT only; Octavia refuses every load balancer with another octavia_lb_algorithm.';
  return [{ range, severity: 'error', code: 'setting.ovn', message }];
}

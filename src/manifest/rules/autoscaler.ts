import { isScalar } from 'yaml';
import { formOf } from '../form.ts';
import type { LocalManifest } from '../manifest.ts';
import type { LocalFinding } from '../parse.ts';
import { findAll, nodeAt, rangeOf, textAt } from '../path.ts';
import { placeholders } from '../placeholders.ts';
import type { FixedValues } from '../rule.ts';

const container = 'spec.template.spec.containers[*]';
const size = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group';
const scaled = ['MachineDeployment', 'MachineSet', 'MachinePool'].flatMap((kind) =>
  ['v1beta1', 'v1beta2'].map((version) => `cluster.x-k8s.io/${version} ${kind}`),
);

/** Bounds of a group of nodes that Cluster API scales. Source: kubernetes/autoscaler, `cluster-autoscaler/cloudprovider/clusterapi/clusterapi_utils.go`. */
export const autoscalerValues: readonly FixedValues[] = scaled.map((kind) => ({
  in: kind,
  at: 'metadata.annotations',
  called: 'annotation',
  reader: 'The cluster autoscaler',
  own: /^cluster\.x-k8s\.io\/cluster-api-autoscaler-/,
  shared: true,
  keys: { [`${size}-min-size`]: { integer: { from: 0 } }, [`${size}-max-size`]: { integer: { from: 0 } } },
  otherwise: { said: 'leaves the group without bounds, so that it is not scaled', severity: 'warning' },
}));

/** What the cluster autoscaler does not start with, and bounds between which there is nothing. Source: kubernetes/autoscaler, `cluster-autoscaler/config/dynamic/node_group_spec.go`, `cloudprovider/magnum`. */
export function autoscalerFindings(manifest: LocalManifest): readonly LocalFinding[] {
  const form = formOf(manifest) ?? '';
  if (scaled.includes(form)) return reversed(manifest);
  if (form !== 'apps/v1 Deployment' || !manifest.document.text.includes('magnum')) return [];
  return ['args', 'command'].flatMap((words) => {
    const all = findAll(manifest.root, `${container}.${words}[*]`, manifest.tree);
    if (!all.some(({ node }) => isScalar(node) && node.value === '--cloud-provider=magnum')) return [];
    return all.flatMap(({ node }) => (isScalar(node) ? wrongArgument(String(node.value), rangeOf(node)) : []));
  });
}

function wrongArgument(text: string, range: LocalFinding['range']): LocalFinding[] {
  if (placeholders.test(text)) return [];
  const [, flag, value = ''] = /^--(nodes|node-group-auto-discovery)=(.*)$/.exec(text) ?? [];
  const told = (message: string): LocalFinding[] => [{ range, severity: 'error', code: 'argument.value', message }];
  if (flag === 'nodes') {
    const [, least, most] = /^(\d+):(\d+):[^:]+$/.exec(value) ?? [];
    if (least === undefined || most === undefined)
      return told('--nodes takes the least and the most nodes and the name of the group: --nodes=1:5:default-worker.');
    return Number(least) > Number(most) ? told(`--nodes: the least (${least}) is more than the most (${most}).`) : [];
  }
  return flag !== undefined && !/^magnum:role=[\w.-]+(?:,[\w.-]+)*$/.test(value)
    ? told('--node-group-auto-discovery takes roles of node groups here: magnum:role=worker,autoscaling.')
    : [];
}

function reversed({ root, tree }: LocalManifest): LocalFinding[] {
  const at = (end: string) => `metadata.annotations[${size}-${end}-size]`;
  const [least, most] = ['min', 'max'].map((end) => textAt(root, at(end), tree) ?? '');
  const node = nodeAt(root, at('max'), tree);
  if (!node || !/^\d+$/.test(least ?? '') || !/^\d+$/.test(most ?? '') || Number(least) <= Number(most)) return [];
  const message = `The least number of nodes (${least}) is more than the most (${most}); the group is not scaled.`;
  return [{ range: rangeOf(node), severity: 'error', code: 'annotation.order', message }];
}

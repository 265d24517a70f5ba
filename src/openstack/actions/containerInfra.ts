import { defineActions } from '../action.ts';
import { segment } from './requests.ts';

/** Magnum: container infrastructure API reference v1. */
export const containerInfra = defineActions({
  resizeCluster: {
    title: 'Resize…',
    verb: 'resize',
    risk: 'interrupts',
    asks: [
      {
        name: 'node_count',
        as: 'number',
        title: 'Number of worker nodes',
        atLeast: 0,
        value: (one) => Number(one['node_count'] ?? 1),
      },
    ],
    change: ({ answers }) => ({ method: 'POST', path: '/actions/resize', body: { node_count: Number(answers['node_count']) } }),
  },
  /** "Upgrade a cluster", from microversion 1.8 on. */
  upgradeCluster: {
    title: 'Upgrade…',
    verb: 'upgrade',
    offered: (cluster) => /_COMPLETE$/.test(String(cluster['status'])),
    risk: 'interrupts',
    asks: [
      {
        name: 'cluster_template',
        as: 'resource',
        title: 'To which template?',
        kind: 'container-infrastructure-management.cluster_template',
        fits: (template, cluster) => template['uuid'] !== cluster['cluster_template_id'],
      },
    ],
    reached: (now, _before, { cluster_template }) => now['cluster_template_id'] === cluster_template,
    change: ({ answers }) => ({ method: 'POST', path: '/actions/upgrade', body: answers }),
  },
  /** "Rotate the CA certificate": kubeconfigs of before are of no use then. */
  rotateCa: {
    title: 'Rotate CA',
    verb: 'rotate the CA of',
    offered: (cluster) => /_COMPLETE$/.test(String(cluster['status'])),
    risk: 'interrupts',
    change: ({ id }) => ({ method: 'PATCH', collection: `/certificates/${segment(id)}` }),
  },
});

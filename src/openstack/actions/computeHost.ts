import type { Field } from '../field.ts';

/** One of the hosts on which nova-compute runs, by name. */
export const computeHost = {
  name: 'host',
  as: 'resource',
  title: 'Which host?',
  kind: 'compute.service',
  by: 'host',
  fits: (service) => service['binary'] === 'nova-compute' && service['status'] === 'enabled',
} as const satisfies Field;

import assert from 'node:assert/strict';
import { parseAllDocuments } from 'yaml';
import type { Overrides } from '../../src/deploy/readiness/override.ts';
import { statusOf } from '../../src/deploy/readiness/readiness.ts';
import { Observed } from '../../src/deploy/run/observed.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';

/**
 * What the rules say of the first document; the others lie around it (pods, ReplicaSets, Events, StorageClasses, as the watches bring them). Printed as
 * `state message [grace] cause`. `balancer`, `volume`: what the cloud says of its load balancer, of any volume.
 */
export function judge(yaml: string, balancer?: string, overrides?: Overrides, volume?: string): string {
  const [object, ...others] = parseAllDocuments(yaml)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((one) => one !== null);
  assert.ok(object);
  const observed = new Observed({ loadBalancer: () => balancer, volume: () => volume });
  observed.takeClasses(others.filter(({ kind }) => kind === 'StorageClass'));
  for (const other of others) observed.take({ type: 'added', object: other });
  const { state, message = '', graceMs, cause } = statusOf(object, observed, overrides);
  const grace = graceMs === undefined || graceMs === 0 ? '' : ` after ${graceMs / 1000} s`;
  return `${state}${grace}${message === '' ? '' : `: ${message}`}${cause ? ` (${Object.values(cause).flat().join(' ')})` : ''}`;
}

import type { Rule } from '../rule.ts';
import { capoRules } from './capo.ts';
import { cinderCsiRules } from './cinderCsi.ts';
import { occmRules } from './occm.ts';
import { orcRules } from './orc.ts';

/** The families, in the order of the printed table. */
export const families: Readonly<Record<string, readonly Rule[]>> = {
  'cloud-provider-openstack': occmRules,
  'cinder-csi': cinderCsiRules,
  'cluster-api-provider-openstack': capoRules,
  'openstack-resource-controller': orcRules,
};

const byKind = new Map<string, Rule[]>();
for (const rule of Object.values(families).flat()) {
  const known = byKind.get(rule.in);
  if (known) known.push(rule);
  else byKind.set(rule.in, [rule]);
}

/** The rules about manifests of this apiVersion and kind. */
export function rulesFor(apiVersion: string | undefined, kind: string | undefined): readonly Rule[] {
  return byKind.get(`${apiVersion} ${kind}`) ?? [];
}

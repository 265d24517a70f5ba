import { textAt } from '../../base/fields.ts';
import type { Prepared } from '../plan/gate.ts';
import type { Asked } from '../plan/quotaLeft.ts';
import type { PreviewedResource } from './stackPreviewed.ts';

/** Types of Heat's resources → service and name of the limit that one of them counts against. */
const LIMITS: Readonly<Record<string, readonly [service: string, name: string]>> = {
  'OS::Nova::Server': ['compute', 'servers'],
  'OS::Cinder::Volume': ['block-storage', 'volumes'],
  'OS::Neutron::FloatingIP': ['network', 'floating IPs'],
  'OS::Neutron::Net': ['network', 'networks'],
  'OS::Neutron::Subnet': ['network', 'subnets'],
  'OS::Neutron::Router': ['network', 'routers'],
  'OS::Neutron::Port': ['network', 'ports'],
  'OS::Neutron::SecurityGroup': ['network', 'security groups'],
  'OS::Octavia::LoadBalancer': ['load-balancer', 'load balancers'],
  'OS::Manila::Share': ['shared-file-system', 'shares'],
  'OS::Designate::Zone': ['dns', 'zones'],
};

/** What stacks ask of a project: one of its kind for each resource that a preview says will be made (one that is replaced stands beside the old one for a while), with the size of a volume and the flavor of a server. */
export function stackDemands(
  made: readonly { readonly one: Prepared; readonly resources: readonly PreviewedResource[] }[],
): readonly Asked[] {
  return made.flatMap(({ one, resources }) => {
    const sums = new Map<string, Asked>();
    const add = (service: string, name: string, amount: number, flavor?: string): void => {
      const key = JSON.stringify([service, name, flavor]);
      const before = sums.get(key)?.amount ?? 0;
      const asks = flavor === undefined ? {} : { flavor: { by: 'idOrName' as const, value: flavor } };
      sums.set(key, { service, name, amount: before + amount, one, ...asks });
    };
    for (const { type, properties } of resources) {
      const [service, name] = LIMITS[type] ?? [];
      if (service === undefined || name === undefined) continue;
      add(service, name, 1, type === 'OS::Nova::Server' ? textAt(properties, 'flavor') : undefined);
      const size = Number(properties['size']);
      if (type === 'OS::Cinder::Volume' && size > 0) add(service, 'GiB', size);
    }
    return [...sums.values()];
  });
}

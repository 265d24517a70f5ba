import { openstack } from './openstack.ts';
import type { SandboxEnvironment } from './sandbox.ts';

/** What project demo of the sandbox's cloud has because of a namespace, by name: `shop_web` for the load balancer of Service web. */
export interface NamesOutside {
  readonly balancers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  /** By what they are said to be for. */
  readonly addresses: readonly string[];
}

/** Asks Octavia, Neutron and Cinder themselves. */
export async function namesOutside(sandbox: SandboxEnvironment, namespace: string): Promise<NamesOutside> {
  const named = async (service: string, path: string, list: string): Promise<string[]> => {
    const answer: Record<string, readonly { readonly name?: string; readonly description?: string }[]> = await openstack(
      sandbox,
      'demo',
      service,
      'GET',
      path,
    );
    // a claim's volume bears its uid, and says in its metadata whose it is
    return (answer[list] ?? [])
      .filter((one) => JSON.stringify(one).includes(namespace))
      .map(({ name, description = '' }) => name ?? description);
  };
  const [balancers, networks, volumes, addresses] = await Promise.all([
    named('load-balancer', '/v2/lbaas/loadbalancers', 'loadbalancers'),
    named('network', '/v2.0/networks', 'networks'),
    named('block-storage', '/volumes/detail', 'volumes'),
    named('network', '/v2.0/floatingips', 'floatingips'),
  ]);
  return { balancers: balancers.map((name) => name.replace(/^kube_service_[^_]+_/, '')), networks, volumes, addresses };
}

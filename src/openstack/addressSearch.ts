import type { Failure } from '../base/failure.ts';
import { valuesAt } from './columns.ts';
import type { Resource } from './kind.ts';
import type { KindId } from './kinds/kinds.ts';
import type { Project } from './project.ts';

/** Who has an address. */
export interface AddressFound {
  readonly project: Project;
  readonly kind: KindId;
  readonly resource: Resource;
}

/** Kinds that have addresses and the fields that hold them. */
const holders: readonly (readonly [kind: KindId, ...fields: string[]])[] = [
  ['network.port', 'fixed_ips.ip_address', 'allowed_address_pairs.ip_address', 'mac_address'],
  ['network.floating_ip', 'floating_ip_address', 'fixed_ip_address'],
  ['load-balancer.loadbalancer', 'vip_address'],
  ['network.router', 'external_gateway_info.external_fixed_ips.ip_address'],
  ['network.subnet', 'gateway_ip'],
  ['dns.floating_ip', 'address'],
];

/** Looks for an address (IPv4, IPv6 in any spelling, or MAC) in what the projects have. Who could not be asked is told beside what was found. */
export async function whoHas(
  address: string,
  projects: readonly Project[],
  signal?: AbortSignal,
): Promise<{ readonly found: readonly AddressFound[]; readonly failures: readonly Failure[] }> {
  const wanted = spelling(address);
  const asked = projects.flatMap((project) =>
    holders
      .filter(([kind]) => project.offers(kind))
      .map(async ([kind, ...fields]) => {
        const list = await project.list(kind, signal && { signal });
        if (!list.ok) return { found: [], failures: list.failure.reason === 'unsupported' ? [] : [list.failure] };
        const has = (resource: Resource) =>
          fields.some((field) => valuesAt(resource, field).some((one) => spelling(String(one)) === wanted));
        return { found: list.value.items.filter(has).map((resource) => ({ project, kind, resource })), failures: [] };
      }),
  );
  const answers = await Promise.all(asked);
  return { found: answers.flatMap(({ found }) => found), failures: answers.flatMap(({ failures }) => failures) };
}

/** One spelling for each address: `FD00:0::7` and `fd00::7` are the same. */
function spelling(address: string): string {
  const text = address.trim().toLowerCase();
  if (!text.includes(':') || /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(text)) return text;
  return URL.parse(`http://[${text}]/`)?.hostname ?? text;
}

/** Whether a text is an IPv4, IPv6 or MAC address. */
export function isAddress(text: string): boolean {
  const address = text.trim();
  if (/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(address)) return true;
  if (address.includes(':')) return /^[0-9a-f:.]+$/i.test(address) && URL.parse(`http://[${address}]/`) !== null;
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(address) && address.split('.').every((part) => Number(part) < 256);
}

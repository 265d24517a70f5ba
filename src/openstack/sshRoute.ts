import { textAt, valuesAt } from './columns.ts';
import type { Resource } from './kind.ts';

/** Addresses of a server, IPv4 first: floating ones, reached from outside, and fixed ones of its networks. Source: compute API reference, `OS-EXT-IPS:type`. */
export interface Addresses {
  readonly outside: readonly string[];
  readonly inside: readonly string[];
}

export function addressesOf(server: Resource): Addresses {
  const all = Object.values(networksOf(server))
    .flat()
    .sort((one, other) => Number(one['version'] ?? 4) - Number(other['version'] ?? 4));
  const of = (type: string) =>
    all.filter((one) => (textAt(one, 'OS-EXT-IPS:type') ?? 'fixed') === type).flatMap((one) => textAt(one, 'addr') ?? []);
  return { outside: of('floating'), inside: of('fixed') };
}

/** Servers that stand in a network of this one and are reached from outside; names that say so first. */
export function bastionsFor(
  server: Resource,
  servers: readonly Resource[],
): readonly { readonly name: string; readonly address: string }[] {
  const networks = new Set(Object.keys(networksOf(server)));
  return servers
    .filter((one) => one['id'] !== server['id'] && textAt(one, 'status') === 'ACTIVE')
    .filter((one) => Object.keys(networksOf(one)).some((name) => networks.has(name)))
    .flatMap((one) => {
      const [address] = addressesOf(one).outside;
      return address === undefined ? [] : [{ name: textAt(one, 'name') ?? address, address }];
    })
    .sort((one, other) => Number(isBastion(other.name)) - Number(isBastion(one.name)));
}

const isBastion = (name: string) => /bastion|jump/i.test(name);

/** The user that the images of a distribution make at first boot. Source: their own documentation; `os_admin_user` is the image's word for it (glance metadata definitions). */
const users: readonly (readonly [mark: RegExp, user: string])[] = [
  [/ubuntu/i, 'ubuntu'],
  [/debian/i, 'debian'],
  [/flatcar|coreos|fcos/i, 'core'],
  [/fedora/i, 'fedora'],
  [/centos|rhel|red ?hat/i, 'cloud-user'],
  [/rocky/i, 'rocky'],
  [/alma/i, 'almalinux'],
  [/suse|sles|sle-micro/i, 'opensuse'],
  [/arch/i, 'arch'],
  [/alpine/i, 'alpine'],
  [/cirros/i, 'cirros'],
  [/freebsd/i, 'freebsd'],
];

/** Who to sign in as to a server: what its image says, else the usual user of its distribution, else root. */
export function userOf(server: Resource, images: readonly Resource[]): string {
  const image = images.find((one) => one['id'] === textAt(server, 'image.id'));
  const told = image && textAt(image, 'os_admin_user');
  if (told) return told;
  const marks = [image && textAt(image, 'os_distro'), image && textAt(image, 'name')]
    .filter((mark) => mark !== undefined)
    .join(' ');
  return users.find(([mark]) => mark.test(marks))?.[1] ?? 'root';
}

function networksOf(server: Resource): Readonly<Record<string, readonly Resource[]>> {
  const addresses = server['addresses'];
  if (typeof addresses !== 'object' || addresses === null) return {};
  return Object.fromEntries(
    Object.entries(addresses).map(([network, list]) => [
      network,
      Array.isArray(list) ? list.filter((one) => valuesAt(one, 'addr').length > 0) : [],
    ]),
  );
}

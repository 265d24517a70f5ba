import { failed, type Result, success } from '../base/failure.ts';
import { asSettings, type Settings } from './configFiles.ts';

/** What an entry says of one of its networks: a hint which address of a server is "the" address. */
export interface ConfiguredNetwork {
  readonly name: string;
  readonly routes_externally: boolean;
  readonly routes_ipv4_externally?: boolean;
  readonly routes_ipv6_externally?: boolean;
  readonly nat_source?: boolean;
  readonly nat_destination: boolean;
  readonly default_interface: boolean;
}

/**
 * The `networks` of an entry, and the older `external_network` and `internal_network`. Fails with `invalid` for a network without a name, two that claim the same part, or both
 * spellings at once. Source: openstacksdk, `_fix_backwards_networks`.
 */
export function configuredNetworks(settings: Settings): Result<readonly ConfiguredNetwork[]> {
  const { networks: listed } = settings;
  const networks: ConfiguredNetwork[] = [];
  for (const given of Array.isArray(listed) ? listed.map(asSettings) : []) {
    const { name } = given;
    if (!name) return failed('invalid', 'has a network without a name');
    const flag = (key: string, otherwise = false) => (given[key] === undefined ? otherwise : isTrue(given[key]));
    const external = flag('routes_externally');
    networks.push({
      name: String(name),
      routes_externally: external,
      nat_source: flag('nat_source'),
      nat_destination: flag('nat_destination'),
      default_interface: flag('default_interface'),
      routes_ipv4_externally: flag('routes_ipv4_externally', external),
      routes_ipv6_externally: flag('routes_ipv6_externally', external),
    });
  }
  for (const key of ['external_network', 'internal_network']) {
    if (!(key in settings)) continue;
    if (listed !== undefined) return failed('invalid', `has both ${key} and networks; keep networks`);
    const external = key === 'external_network';
    networks.push({
      name: String(settings[key]),
      routes_externally: external,
      nat_destination: !external,
      default_interface: external,
    });
  }
  for (const part of ['nat_destination', 'default_interface'] as const) {
    const [one, other] = networks.filter((network) => network[part]);
    if (one && other)
      return failed('invalid', `has two networks with ${part}, ${one.name} and ${other.name}; only one may have it`);
  }
  return success(networks);
}

function isTrue(value: unknown): boolean {
  return String(value).toLowerCase() === 'true';
}

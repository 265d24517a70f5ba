import { defineKinds, type Group, type Kind } from '../kind.ts';
import { bareMetal } from './bareMetal.ts';
import { blockStorage } from './blockStorage.ts';
import { compute } from './compute.ts';
import { containerInfra } from './containerInfra.ts';
import { dns } from './dns.ts';
import { identity } from './identity.ts';
import { image } from './image.ts';
import { keyManager } from './keyManager.ts';
import { loadBalancer } from './loadBalancer.ts';
import { network } from './network.ts';
import { networkExtension } from './networkExtension.ts';
import { objectStore } from './objectStore.ts';
import { orchestration } from './orchestration.ts';
import { placement } from './placement.ts';
import { sharedFileSystem } from './sharedFileSystem.ts';
import { vpn } from './vpn.ts';

/** The catalog: every kind of resource the product knows, one row each, a file for each service. */
export const kinds = defineKinds({
  ...compute,
  ...network,
  ...networkExtension,
  ...vpn,
  ...loadBalancer,
  ...blockStorage,
  ...image,
  ...dns,
  ...objectStore,
  ...orchestration,
  ...containerInfra,
  ...bareMetal,
  ...sharedFileSystem,
  ...keyManager,
  ...placement,
  ...identity,
});

/** A closed union: rules, relations and children are checked by the compiler. */
export type KindId = keyof typeof kinds;

/** All ids, in the catalog's order. */
export const kindIds = Object.keys(kinds) as readonly KindId[];

/** The row of a kind. */
export function kindOf(id: KindId): Kind<KindId> {
  return kinds[id];
}

/** Whether a text is the id of a kind. */
export function isKindId(text: string): text is KindId {
  return Object.hasOwn(kinds, text);
}

/** The official type of the service a kind belongs to: `network` of `network.subnet`. */
export function serviceOf(id: KindId): string {
  return id.slice(0, id.indexOf('.'));
}

/** The groups of a project node that have kinds, in the order shown, with their kinds. */
export const groups: readonly (readonly [group: Group, kinds: readonly KindId[]])[] = groupKinds();

function groupKinds(): readonly (readonly [Group, readonly KindId[]])[] {
  const byGroup = new Map<Group, KindId[]>();
  for (const id of kindIds) {
    const { under } = kindOf(id);
    if (!under) continue;
    byGroup.set(under, [...(byGroup.get(under) ?? []), id]);
  }
  return [...byGroup];
}

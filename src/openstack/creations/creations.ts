import type { Creation } from '../creation.ts';
import { isKindId, type KindId } from '../kinds/kinds.ts';
import { compute } from './compute.ts';
import { loadBalancer } from './loadBalancer.ts';
import { network } from './network.ts';
import { others } from './others.ts';
import { storage } from './storage.ts';

const rows: Readonly<Record<string, Creation>> = { ...compute, ...network, ...storage, ...loadBalancer, ...others };

/** How one more resource of a kind is made; undefined for kinds that are made elsewhere. */
export function creationOf(kind: KindId): Creation | undefined {
  return rows[kind];
}

/** The kinds that can be made here. */
export const creatable: readonly KindId[] = Object.keys(rows).filter(isKindId);

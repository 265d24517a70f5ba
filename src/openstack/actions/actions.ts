import type { Action } from '../action.ts';
import type { Resource } from '../kind.ts';
import type { ActionWord } from './actionWords.ts';
import { bareMetal } from './bareMetal.ts';
import { blockStorage } from './blockStorage.ts';
import { common } from './common.ts';
import { compute } from './compute.ts';
import { containerInfra } from './containerInfra.ts';
import { dns } from './dns.ts';
import { identity } from './identity.ts';
import { image } from './image.ts';
import { loadBalancer } from './loadBalancer.ts';
import { network } from './network.ts';
import { orchestration } from './orchestration.ts';
import { server } from './server.ts';
import { serverAdministration } from './serverAdministration.ts';
import { serverParts } from './serverParts.ts';
import { sharedFileSystem } from './sharedFileSystem.ts';
import { storageAdministration } from './storageAdministration.ts';

/** The table of actions, a file for each service: a row for each word. */
export const actions: Readonly<Record<ActionWord, Action>> = {
  ...server,
  ...serverParts,
  ...serverAdministration,
  ...compute,
  ...blockStorage,
  ...storageAdministration,
  ...sharedFileSystem,
  ...network,
  ...loadBalancer,
  ...image,
  ...orchestration,
  ...containerInfra,
  ...dns,
  ...bareMetal,
  ...identity,
  ...common,
};

/** The words of a resource that its service would take in its state from who asks. */
export function offeredTo(
  words: readonly ActionWord[],
  resource: Resource,
  { administers }: { readonly administers: boolean },
): readonly ActionWord[] {
  return words.filter((word) => {
    const { admin, offered } = actions[word];
    return (administers || !admin) && (offered?.(resource) ?? true);
  });
}

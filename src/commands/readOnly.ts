import { l10n } from 'vscode';
import type { Logger } from '../base/logger.ts';
import { protectionOf } from '../deploy/target.ts';
import type { Settings } from '../host/settings.ts';
import { tell } from '../host/tell.ts';
import type { Project } from '../openstack/project.ts';
import { placeName } from './chooseResource.ts';

export interface ProtectionParts {
  readonly settings: Pick<Settings, 'protectedTargets' | 'readOnlyTargets'>;
}

/** How carefully a project is to be changed, by the user's settings. */
export function protectionIn({ settings }: ProtectionParts, { cloud, name }: Project) {
  return protectionOf(`${cloud}/${name}`, { protected: settings.protectedTargets, readOnly: settings.readOnlyTargets });
}

/** Why nothing may be changed in a project; undefined where it may. */
export function readOnlySentence(parts: ProtectionParts, project: Project): string | undefined {
  if (protectionIn(parts, project) !== 'readOnly') return undefined;
  return l10n.t('{0} is read-only here (setting hybridClusters.targets.readOnly). Nothing was sent.', placeName(project));
}

/** Whether a project is read-only, which is told. */
export async function refusesWrites(parts: ProtectionParts & { readonly log: Logger }, project: Project): Promise<boolean> {
  const message = readOnlySentence(parts, project);
  if (message !== undefined) await tell({ reason: 'forbidden', message }, parts.log);
  return message !== undefined;
}

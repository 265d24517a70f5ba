import { l10n } from 'vscode';
import type { Subject } from '../explorer/nodes.ts';
import type { Prompts } from '../host/prompts.ts';
import type { Clouds } from '../openstack/cloud.ts';
import { otherInterfaceOf } from '../openstack/otherInterface.ts';

export interface UseInterfaceParts {
  readonly prompts: Pick<Prompts, 'confirm'>;
  readonly clouds: Clouds;
}

/** Asks whether a service may be used behind an interface that the entry of its cloud does not name; yes holds until the window is closed. True once it was said. */
export async function useInterface({ prompts, clouds }: UseInterfaceParts, subject: Subject | undefined): Promise<boolean> {
  const other = subject?.of === 'failure' ? otherInterfaceOf(subject.failure) : undefined;
  if (!other || subject?.of !== 'failure' || subject.cloud === undefined) return false;
  const yes = await prompts.confirm({
    message: l10n.t('Use the {0} interface of {1} for cloud {2}?', other.name, other.service, subject.cloud),
    detail: l10n.t(
      'Your token is sent to {0} until this window is closed. Nothing is written: to keep it, set "interface: {1}" in the entry of the cloud.',
      other.host,
      other.name,
    ),
    yes: l10n.t('Use in This Window'),
  });
  if (yes) await clouds.useInterface?.(subject.cloud, other.service, other.name);
  return yes;
}

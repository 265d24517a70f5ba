import { l10n } from 'vscode';
import { resourceKey } from '../explorer/keys.ts';
import type { Asked } from '../explorer/relatedNodes.ts';
import { projectsOf } from '../explorer/relatedNodes.ts';
import { tell } from '../host/tell.ts';
import { isAddress, whoHas } from '../openstack/addressSearch.ts';
import { descriptionOf, idOf, nameOf } from '../openstack/display.ts';
import { kindOf } from '../openstack/kinds/kinds.ts';
import { type ChooseParts, chooseProject } from './chooseResource.ts';
import { type RevealParts, reveal } from './reveal.ts';

export interface FindAddressParts extends ChooseParts, RevealParts {
  /** Where it is looked for: what is open, and what folders are bound to. */
  readonly asked: Asked;
}

/** "Who has 10.0.3.7?": looks in every project that is open or bound, and shows whoever has it in the tree. */
export async function findAddress(parts: FindAddressParts): Promise<void> {
  const check = (text: string) => (isAddress(text) ? undefined : l10n.t('An IP or MAC address.'));
  const address = await parts.prompts.text(l10n.t('Who has which address?'), '', check);
  if (address === undefined) return;
  const open = await projectsOf(parts.asked);
  const chosen = open.length > 0 ? open : [await chooseProject(parts)].filter((one) => one !== undefined);
  if (chosen.length === 0) return;
  const { found, failures } = await whoHas(address, chosen);
  const [failure] = failures;
  if (found.length === 0) {
    const where = [...new Set(chosen.map(({ cloud, name }) => `${cloud} › ${name}`))].join(', ');
    const nobody = l10n.t('Nobody in {0} has {1}.', where, address.trim());
    return tell(
      failure ? { ...failure, message: `${nobody} ${failure.message}` } : { reason: 'notFound', message: nobody },
      parts.log,
    );
  }
  const choices = found.map(({ project, kind, resource }) => ({
    label: `${kindOf(kind).label[0]} ${nameOf(kind, resource)}`,
    description: descriptionOf(kind, resource),
    detail: `${project.cloud} › ${project.name}`,
    value: resourceKey({ cloud: project.cloud, region: project.region, project: project.id, kind, id: idOf(kind, resource) }),
  }));
  const [only] = choices;
  const key =
    choices.length === 1 ? only?.value : await parts.prompts.pick(choices, { title: l10n.t('{0} is with', address.trim()) });
  if (key) await reveal(parts, key);
}

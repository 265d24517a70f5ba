import { l10n, window } from 'vscode';
import type { Logger } from '../base/logger.ts';
import type { Prompts } from '../host/prompts.ts';
import { tell } from '../host/tell.ts';
import { nameOf } from '../openstack/display.ts';
import { addressesOf, bastionsFor, userOf } from '../openstack/sshRoute.ts';
import type { ActTarget } from './actTarget.ts';

/** Opens a terminal with `ssh` to a server: by its floating IP, else by another server of the project that has one and stands in the same network. The user is the image's usual one, to be changed. */
export async function openSsh(
  { prompts, log }: { readonly prompts: Prompts; readonly log: Logger },
  { project, kind, resource }: ActTarget,
): Promise<void> {
  const name = nameOf(kind, resource);
  const [servers, images] = await Promise.all([project.list('compute.server'), project.list('image.image')]);
  const { outside, inside } = addressesOf(resource);
  const direct = outside[0];
  const bastions = direct || !servers.ok ? [] : bastionsFor(resource, servers.value.items);
  const address = direct ?? inside[0];
  if (address === undefined) {
    const message = l10n.t('Server {0} has no address to connect to. Associate a floating IP, or attach a network.', name);
    return tell({ reason: 'unsupported', message }, log);
  }
  const via = bastions.length === 0 ? undefined : await chooseBastion(prompts, bastions, name);
  if (via === null) return;
  const usual = userOf(resource, images.ok ? images.value.items : []);
  const check = (text: string) => (/^[a-z_][a-z0-9_.-]*$/i.test(text) ? undefined : l10n.t('A user name.'));
  const user = await prompts.text(l10n.t('Connect to {0} at {1} as', name, address), usual, check);
  if (user === undefined) return;
  const jump = via ? ['-J', `${user}@${via}`] : [];
  window.createTerminal({ name: `ssh ${name}`, shellPath: 'ssh', shellArgs: [...jump, '-l', user, '--', address] }).show();
}

/** The address to jump through, undefined for none, null when dismissed. */
async function chooseBastion(
  prompts: Prompts,
  bastions: readonly { readonly name: string; readonly address: string }[],
  name: string,
): Promise<string | undefined | null> {
  const choices = [
    ...bastions.map(({ name: label, address }) => ({ label, description: address, value: address })),
    { label: l10n.t('Directly'), description: l10n.t('its network is reached from here'), value: '' },
  ];
  const chosen = await prompts.pick(choices, { title: l10n.t('{0} has no floating IP. Through which server?', name) });
  return chosen === undefined ? null : chosen || undefined;
}

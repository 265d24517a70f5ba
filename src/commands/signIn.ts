import { l10n, window } from 'vscode';
import type { Logger } from '../base/logger.ts';
import type { Bindings } from '../host/bindings.ts';
import type { Prompts } from '../host/prompts.ts';
import type { Account, Secrets } from '../host/secrets.ts';
import { tell } from '../host/tell.ts';
import type { Clouds } from '../openstack/cloud.ts';

export interface SignInParts {
  readonly clouds: Clouds;
  readonly bindings: Bindings;
  readonly prompts: Prompts;
  readonly secrets: Secrets;
  readonly log: Logger;
}

/**
 * Signs in anew to the cloud named by a row, the status bar or a notification, else to the one picked: with what the files say, or with the password asked for where they have
 * none. Whatever waited for it is looked at again.
 */
export async function signIn(parts: SignInParts, named?: string): Promise<void> {
  const account = await chooseAccount(parts, named);
  if (!account) return;
  const cloud = await parts.clouds.open(account.cloud);
  if (cloud.ok) await cloud.value.signOut();
  const projects = cloud.ok ? await parts.secrets.asking(() => cloud.value.projects()) : cloud;
  if (!projects.ok) {
    // A password that was refused is not worth keeping.
    const refused = projects.failure.reason === 'signedOut';
    if (refused) await parts.secrets.forget(account);
    return tell(
      projects.failure,
      parts.log,
      refused ? [{ title: l10n.t('Sign In'), run: () => signIn(parts, account.cloud) }] : [],
    );
  }
  parts.bindings.renew();
  window.setStatusBarMessage(l10n.t('Signed in to {0}.', account.cloud), 5000);
}

/** Forgets the tokens of a cloud, revokes them, and forgets a password that was typed. */
export async function signOut(parts: SignInParts, named?: string): Promise<void> {
  const account = await chooseAccount(parts, named);
  if (!account) return;
  await parts.secrets.forget(account);
  const cloud = await parts.clouds.open(account.cloud);
  if (!cloud.ok) return tell(cloud.failure, parts.log);
  await cloud.value.signOut();
  parts.bindings.renew();
}

async function chooseAccount({ clouds, prompts }: SignInParts, named: string | undefined): Promise<Account | undefined> {
  const { clouds: all } = await clouds.list();
  const accounts = all.map(({ name, user, authUrl }) => ({ cloud: name, user, server: authUrl }));
  if (named) return accounts.find(({ cloud }) => cloud === named) ?? { cloud: named, user: undefined, server: undefined };
  const choices = accounts.map((account) => ({
    label: account.cloud,
    description: [account.user, account.server].filter(Boolean).join(' · '),
    value: account,
  }));
  return prompts.pick(choices, { title: l10n.t('Which cloud?') });
}

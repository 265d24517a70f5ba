import { l10n, window } from 'vscode';
import type { Logger } from '../base/logger.ts';
import type { Opened } from '../explorer/opened.ts';
import type { Bindings } from '../host/bindings.ts';
import type { Prompts } from '../host/prompts.ts';
import type { Account, Secrets } from '../host/secrets.ts';
import { tell } from '../host/tell.ts';
import type { Cloud, Clouds } from '../openstack/cloud.ts';

export interface SignInParts {
  readonly clouds: Clouds;
  readonly bindings: Bindings;
  readonly prompts: Prompts;
  readonly secrets: Secrets;
  readonly asked: { readonly opened: Opened };
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
  const projects = cloud.ok ? await parts.secrets.asking(account.cloud, () => cloud.value.projects()) : cloud;
  if (cloud.ok && projects.ok) await signInElsewhere(parts, cloud.value);
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

/** Forgets the tokens of a cloud in all its regions, revokes them, and forgets a password that was typed. */
export async function signOut(parts: SignInParts, named?: string): Promise<void> {
  const account = await chooseAccount(parts, named);
  if (!account) return;
  await parts.secrets.forget(account);
  const cloud = await parts.clouds.open(account.cloud);
  if (!cloud.ok) return tell(cloud.failure, parts.log);
  for (const one of [cloud.value, ...(await otherRegions(parts, cloud.value))]) await one.signOut();
  parts.asked.opened.leave(account.cloud);
  parts.bindings.renew();
}

/** Other regions that were signed out of along with this one; one that refuses tells so on its own row. */
async function signInElsewhere(parts: SignInParts, cloud: Cloud): Promise<void> {
  const others = await otherRegions(parts, cloud);
  await Promise.all(others.filter(({ state }) => state === 'signedOut').map((one) => one.projects()));
}

/** The same cloud in its other regions: each is signed in to by itself. */
async function otherRegions({ clouds }: SignInParts, { summary, region }: Cloud): Promise<readonly Cloud[]> {
  const others = summary.regions.filter((one) => one !== region);
  const opened = await Promise.all(others.map((one) => clouds.open(summary.name, one)));
  return opened.flatMap((one) => (one.ok ? [one.value] : []));
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

import { ConfigurationTarget, l10n, workspace } from 'vscode';
import type { Prompts } from './prompts.ts';
import type { Settings } from './settings.ts';

/**
 * Whether the Secrets of a context may be read to sign in to OpenStack as those whose manifests are checked. Nobody said so at first: then the user is asked, once in a window for each context, without being
 * kept from anything; the answer is kept in the user's settings (`hybridClusters.check.clusterSecrets`).
 */
export class SecretConsent {
  readonly #settings: Pick<Settings, 'clusterSecrets'>;
  readonly #prompts: Pick<Prompts, 'offer'>;
  readonly #keep: (said: Settings['clusterSecrets']) => Thenable<void>;
  readonly #asked = new Set<string>();

  /** `keep` writes what was said. */
  constructor(
    settings: Pick<Settings, 'clusterSecrets'>,
    prompts: Pick<Prompts, 'offer'>,
    keep: (said: Settings['clusterSecrets']) => Thenable<void> = keepInSettings,
  ) {
    this.#settings = settings;
    this.#prompts = prompts;
    this.#keep = keep;
  }

  /** `wanted`: asks, if nobody has said anything about the context yet. Does not wait: what needs the answer is checked again when it comes. */
  mayRead(context: string, wanted: boolean): boolean {
    const said = this.#settings.clusterSecrets[context];
    if (wanted && said === undefined && !this.#asked.has(context)) {
      this.#asked.add(context);
      void this.#offer(context);
    }
    return said === 'read';
  }

  async #offer(context: string): Promise<void> {
    const [read, never] = [l10n.t('Read'), l10n.t('Never')];
    const message = l10n.t(
      'Manifests name Secrets of context {0} that sign in to OpenStack. Read those Secrets, to check references as whom they are used? They stay in memory.',
      context,
    );
    const answer = await this.#prompts.offer(message, [read, never]);
    if (answer === undefined) return;
    await this.#keep({ ...this.#settings.clusterSecrets, [context]: answer === read ? 'read' : 'never' });
  }
}

function keepInSettings(said: Settings['clusterSecrets']): Thenable<void> {
  return workspace.getConfiguration('hybridClusters').update('check.clusterSecrets', said, ConfigurationTarget.Global);
}

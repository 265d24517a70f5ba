import { env, l10n, ProgressLocation, Uri, window } from 'vscode';
import type { PageOutcome, SignInPage, SignInPages } from '../openstack/interaction.ts';
import type { Prompts } from './prompts.ts';
import type { Secrets } from './secrets.ts';

/**
 * Pages of identity providers, in the user's browser. They are offered during a sign-in by hand only, and opened by a button; a notification waits with the user and
 * can be cancelled. What is pasted instead is masked, and kept nowhere.
 */
export class BrowserPages implements SignInPages {
  readonly #prompts: Prompts;
  readonly #secrets: Secrets;

  constructor(prompts: Prompts, secrets: Secrets) {
    this.#prompts = prompts;
    this.#secrets = secrets;
  }

  attended(cloud: string): boolean {
    return this.#secrets.attended(cloud);
  }

  async show(page: SignInPage, answered: AbortSignal): Promise<PageOutcome> {
    const title =
      page.code === undefined
        ? l10n.t('Signing in to {0} in the browser', page.cloud)
        : l10n.t('Signing in to {0} in the browser with the code {1}', page.cloud, page.code);
    const options = { location: ProgressLocation.Notification, title, cancellable: true };
    return window.withProgress(options, async (_progress, token) => {
      const over = new AbortController();
      const end = Promise.withResolvers<PageOutcome>();
      const close = () => end.resolve('closed');
      token.onCancellationRequested(close);
      answered.addEventListener('abort', close, { once: true });
      if (answered.aborted) close();
      else void this.#lead(page, over.signal).then((outcome) => outcome && end.resolve(outcome), end.reject);
      try {
        const outcome = await end.promise;
        if (outcome === 'closed' && !answered.aborted && page.of === undefined) this.#secrets.decline(page.cloud);
        return outcome;
      } finally {
        over.abort();
        answered.removeEventListener('abort', close);
      }
    });
  }

  /** Undefined once the browser is on its way and will bring the answer by itself. */
  async #lead(page: SignInPage, over: AbortSignal): Promise<PageOutcome | undefined> {
    const trouble = await troubleOf(page);
    const open = l10n.t('Open in Browser');
    const copy = page.code === undefined ? l10n.t('Copy Address') : l10n.t('Copy Code');
    const paste = page.paste === 'token' ? l10n.t('Paste Token…') : l10n.t('Paste Address…');
    const message = messageOf(page, trouble);
    for (;;) {
      const chosen = await this.#prompts.offer(message, page.paste ? [open, copy, paste] : [open, copy]);
      if (over.aborted || chosen === undefined) return 'closed';
      if (chosen === copy) await env.clipboard.writeText(page.code ?? page.url);
      const left = chosen === open && (await opened(page.url));
      if (left && trouble === undefined) return undefined;
      if (left || chosen === paste) return this.#pasted(page, over);
    }
  }

  async #pasted({ cloud, paste }: SignInPage, over: AbortSignal): Promise<PageOutcome> {
    const prompt =
      paste === 'token'
        ? l10n.t('Paste a token of this cloud, such as `openstack token issue` prints. It is kept nowhere.')
        : l10n.t('Paste the whole address that the browser ended at. It is kept nowhere.');
    const pasted = await this.#prompts.password(l10n.t('Sign in to {0}', cloud), prompt, over);
    return pasted ? { pasted } : 'closed';
  }
}

function messageOf({ cloud, url, code }: SignInPage, trouble: string | undefined): string {
  const { authority } = Uri.parse(url, true);
  if (code !== undefined) return l10n.t('To sign in to {0}, enter the code {1} at {2}.', cloud, code, authority);
  if (trouble === undefined) return l10n.t('To sign in to {0}, open {1} in the browser.', cloud, authority);
  return l10n.t('To sign in to {0}, open {1} in the browser, and paste the answer here: {2}.', cloud, authority, trouble);
}

/** Why the browser cannot bring the answer. Where the editor runs elsewhere, its port is forwarded, which helps only if it keeps its number: the address is compared letter by letter. */
async function troubleOf({ callback, trouble }: SignInPage): Promise<string | undefined> {
  if (callback === undefined) return trouble;
  const wanted = Uri.parse(callback, true);
  const there = await env.asExternalUri(wanted).then(
    ({ authority }) => authority,
    () => undefined,
  );
  if (there === wanted.authority) return undefined;
  return l10n.t('it would come to {0}, where the editor does not run', wanted.authority);
}

/** Whether the browser was sent off; who closes the editor's question may choose again. */
async function opened(url: string): Promise<boolean> {
  return env.openExternal(Uri.parse(url, true)).then(
    (left) => left,
    () => false,
  );
}

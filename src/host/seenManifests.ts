import { type Disposable, window } from 'vscode';
import type { Checks } from './checks.ts';

/** Just under a minute, so that what is deleted in a cloud is told within one, and a list is asked for hardly more often than once in one. */
const againMs = 58_000;
/** Who goes to a terminal in another window is soon back. */
const awayMs = 300_000;

/** Has the manifests on the screen that name something in a cloud checked again, minute by minute: the cloud changes while the text does not. Stops a while after the window lost the focus, and goes on at once when it is back. */
export class SeenManifests implements Disposable {
  readonly #checks: Checks;
  readonly #recheck: (uris: readonly string[]) => void;
  readonly #subscription: Disposable;
  readonly #timer: NodeJS.Timeout;
  #last = Date.now();
  #seen = Date.now();

  constructor(checks: Checks, recheck: (uris: readonly string[]) => void) {
    this.#checks = checks;
    this.#recheck = recheck;
    this.#subscription = window.onDidChangeWindowState(({ focused }) => {
      this.#seen = Date.now();
      if (focused && Date.now() - this.#last > againMs) this.#again();
    });
    this.#timer = setInterval(() => {
      if (window.state.focused || Date.now() - this.#seen < awayMs) this.#again();
    }, againMs).unref();
  }

  #again(): void {
    this.#last = Date.now();
    const uris = window.visibleTextEditors
      .map(({ document }) => document.uri)
      .filter((uri) => (this.#checks.of(uri)?.references ?? 0) > 0)
      .map(String);
    if (uris.length > 0) this.#recheck([...new Set(uris)]);
  }

  dispose(): void {
    this.#subscription.dispose();
    clearInterval(this.#timer);
  }
}

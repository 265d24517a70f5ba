import { commands, type Disposable, type Event, EventEmitter, type Uri, workspace } from 'vscode';
import type { CheckDidRunParams } from '../protocol.ts';

/** What the last check of a document came to. */
export interface Checked extends CheckDidRunParams {
  /** When it ended, in ms since the epoch. */
  readonly at: number;
}

/** The last check of every open document, as the language server told it: for the status bar and the code lens. */
export class Checks implements Disposable {
  readonly #last = new Map<string, Checked>();
  readonly #changed = new EventEmitter<void>();
  readonly #subscriptions: readonly Disposable[];

  constructor(onDidCheck: Event<CheckDidRunParams>) {
    this.#subscriptions = [
      onDidCheck((params) => this.#keep(params)),
      workspace.onDidCloseTextDocument(({ uri }) => this.#last.delete(uri.toString())),
    ];
  }

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  of(uri: Uri): Checked | undefined {
    return this.#last.get(uri.toString());
  }

  #keep(params: CheckDidRunParams): void {
    const before = this.#last.get(params.uri);
    this.#last.set(params.uri, { ...params, at: Date.now() });
    // The walkthrough's fourth step is done.
    if (before && before.wrong > params.wrong) void commands.executeCommand('setContext', 'hybridClusters.fixed', true);
    this.#changed.fire();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}

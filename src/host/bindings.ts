import {
  ConfigurationTarget,
  type Disposable,
  type Event,
  EventEmitter,
  type Uri,
  type WorkspaceFolder,
  workspace,
} from 'vscode';
import { type Binding, bindingOf, type FolderBinding } from '../binding/binding.ts';
import type { Settings } from './settings.ts';

/**
 * The bindings of this window's folders, kept in the setting `hybridClusters.binding`. A binding is the standing consent to look things up; in Restricted Mode there
 * is none. The epoch counts every change of what an answer may depend on: an answer given under an older epoch is thrown away.
 */
export class Bindings implements Disposable {
  readonly #settings: Settings;
  readonly #changed = new EventEmitter<void>();
  readonly #subscriptions: readonly Disposable[];
  /** Bindings of documents outside every folder, and of an empty window: for this session only. */
  #loose: Binding | undefined;
  #epoch = 1;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#subscriptions = [
      settings.onDidChange((keys) => keys.includes('binding') && this.renew()),
      workspace.onDidGrantWorkspaceTrust(() => this.renew()),
      workspace.onDidChangeWorkspaceFolders(() => this.renew()),
    ];
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Fires whenever the epoch has moved on. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** What the document or folder is bound to; undefined when to nothing, then nothing is contacted for it. */
  of(uri: Uri): Binding | undefined {
    if (!workspace.isTrusted) return undefined;
    const bound = bindingOf(uri.toString(), this.#folders());
    if (bound && (bound.cloud || bound.context)) return bound;
    return workspace.getWorkspaceFolder(uri) ? undefined : this.#loose;
  }

  /** Every binding of this window, none in Restricted Mode. */
  all(): readonly Binding[] {
    if (!workspace.isTrusted) return [];
    return [...this.#folders().map(({ binding }) => binding), ...(this.#loose ? [this.#loose] : [])];
  }

  /** Writes the binding of a folder; undefined unbinds it. Without a folder it holds for documents outside all folders, until the window closes. */
  async bind(folder: WorkspaceFolder | undefined, binding: Binding | undefined): Promise<void> {
    if (!folder) {
      this.#loose = binding;
      this.renew();
      return;
    }
    const target = workspace.workspaceFile ? ConfigurationTarget.WorkspaceFolder : ConfigurationTarget.Workspace;
    await workspace.getConfiguration('hybridClusters', folder.uri).update('binding', binding, target);
  }

  /** Begins a new epoch: someone signed in or out, a file of the user changed, a binding changed. */
  renew(): void {
    this.#epoch += 1;
    this.#changed.fire();
  }

  #folders(): FolderBinding[] {
    return (workspace.workspaceFolders ?? []).map(({ uri }) => ({
      folder: uri.toString(),
      binding: this.#settings.binding(uri),
    }));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}

import { ConfigurationTarget, type Disposable, type Event, EventEmitter, Uri, type WorkspaceFolder, workspace } from 'vscode';
import { type Binding, bindingOf, type FolderBinding, sharedBinding } from '../binding/binding.ts';
import { editedAddress } from './editedObjects.ts';
import type { Settings } from './settings.ts';

/**
 * The bindings of this window's folders, kept in the settings `hybridClusters.binding` and, for folders inside them, `hybridClusters.folderBindings`. A binding is the standing consent to look things up; in Restricted Mode there
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
      settings.onDidChange((keys) => keys.some((key) => key === 'binding' || key === 'folderBindings') && this.renew()),
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
    const edited = editedAddress(uri);
    if (edited) return this.#ofContext(edited);
    // An older version of a file, as a diff shows it, belongs where the file does.
    const place = uri.scheme === 'git' ? uri.with({ scheme: 'file', query: '' }) : uri;
    const folders = this.#folders();
    const bound = bindingOf(place.toString(), folders);
    if (bound && (bound.cloud || bound.context)) return bound;
    if (workspace.getWorkspaceFolder(place)) return undefined;
    return this.#loose ?? (uri.scheme === 'untitled' ? sharedBinding(folders) : undefined);
  }

  /** An object of a cluster belongs to it; where a folder is bound to the same, its cloud is the one behind it. */
  #ofContext({ context, namespace }: Binding): Binding {
    const shared = sharedBinding(this.#folders().filter(({ binding }) => binding.context === context));
    return { ...shared, ...(context ? { context } : {}), ...(namespace ? { namespace } : {}) };
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
    return (workspace.workspaceFolders ?? []).flatMap(({ uri }) => {
      const own = uri.toString();
      const inside = Object.entries(this.#settings.folderBindings(uri)).map(([path, binding]) => ({
        folder: Uri.joinPath(uri, path).toString().replace(/\/+$/, ''),
        binding,
      }));
      // a workspace speaks of its own folders only
      return [
        { folder: own, binding: this.#settings.binding(uri) },
        ...inside.filter(({ folder }) => folder.startsWith(`${own}/`)),
      ];
    });
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}

import type { Disposable } from '../base/event.ts';
import { discover } from '../deploy/files/discover.ts';
import type { Files } from '../deploy/files/files.ts';
import { splitDocuments } from '../manifest/split.ts';

/** Where documents are looked for, and which. */
export interface DocumentSearch {
  readonly files: Files;
  /** Paths of folders. */
  readonly roots: () => readonly string[];
  /** What a text must show to be one of them. */
  readonly is: RegExp;
  /** Calls with the path of each file that changes, comes or goes. */
  readonly watch?: ((changed: (path: string) => void) => Disposable) | undefined;
}

const isYaml = /\.ya?ml$/i;

/** The documents of one sort below some folders: files are looked through once, when somebody first wants them, and again when they change. Only the texts of these documents are kept. */
export class WorkspaceDocuments implements Disposable {
  readonly #search: DocumentSearch;
  readonly #watching: Disposable | undefined;
  readonly #changed = new Set<string>();
  #found: Promise<Map<string, readonly string[]>> | undefined;
  /** Another number whenever the documents are other than before. */
  generation = 0;

  constructor(search: DocumentSearch) {
    this.#search = search;
    this.#watching = search.watch?.((path) => void (isYaml.test(path) && this.#changed.add(path)));
  }

  /** True once somebody wanted them. */
  get isWanted(): boolean {
    return this.#found !== undefined;
  }

  /** By path of their file. */
  async all(): Promise<ReadonlyMap<string, readonly string[]>> {
    this.#found ??= this.#look();
    const found = await this.#found;
    if (this.#changed.size > 0) await this.#lookAgain(found);
    return found;
  }

  dispose(): void {
    this.#watching?.dispose();
  }

  async #look(): Promise<Map<string, readonly string[]>> {
    const { files } = await discover(this.#search.roots(), this.#search.files, { maxFiles: 2000 });
    return new Map(files.map(({ file, text }) => [file, this.#documentsIn(text)]));
  }

  async #lookAgain(found: Map<string, readonly string[]>): Promise<void> {
    const paths = [...this.#changed];
    this.#changed.clear();
    for (const path of paths) {
      const text = await this.#search.files.read(path);
      const [before, now] = [found.get(path) ?? [], text.ok ? this.#documentsIn(text.value) : []];
      if (before.length !== now.length || before.some((one, index) => one !== now[index])) this.generation += 1;
      if (text.ok) found.set(path, now);
      else found.delete(path);
    }
  }

  #documentsIn(text: string): readonly string[] {
    const { is } = this.#search;
    if (!is.test(text)) return [];
    return splitDocuments(text)
      .map(({ start, end }) => text.slice(start, end))
      .filter((document) => is.test(document));
  }
}

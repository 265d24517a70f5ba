import type { Failure } from '../base/failure.ts';
import type { Files } from './files.ts';

/** A file that holds manifests, with its text. */
export interface ManifestFile {
  readonly file: string;
  readonly text: string;
}

/** Something found on the way that is not a manifest and should be said. `blocks`: what it stands for would be missing from the deploy. */
export interface Note {
  readonly file: string;
  readonly message: string;
  readonly blocks: boolean;
}

/** What a selection of files and folders holds. */
export interface Discovered {
  readonly files: readonly ManifestFile[];
  readonly notes: readonly Note[];
}

/** Limits that keep a folder chosen by mistake from being read whole. */
export interface DiscoverOptions {
  /** Largest file read, in bytes; default 8 MiB. */
  readonly maxBytes?: number;
  /** Most files read; default 5,000. */
  readonly maxFiles?: number;
  readonly signal?: AbortSignal;
}

const MANIFEST = /\.(ya?ml|json)$/i;
const SKIPPED = new Set(['node_modules', 'vendor', 'charts']);
const MARKERS: Readonly<Record<string, { readonly message: string; readonly blocks: boolean }>> = {
  'kustomization.yaml': {
    message: 'is a kustomization, which is not rendered yet: run kubectl kustomize and deploy its output',
    blocks: true,
  },
  'kustomization.yml': {
    message: 'is a kustomization, which is not rendered yet: run kubectl kustomize and deploy its output',
    blocks: true,
  },
  Kustomization: {
    message: 'is a kustomization, which is not rendered yet: run kubectl kustomize and deploy its output',
    blocks: true,
  },
  'Chart.yaml': { message: 'is a Helm chart, which is not rendered yet: run helm template and deploy its output', blocks: true },
  'skaffold.yaml': { message: 'belongs to Skaffold and is left alone', blocks: false },
  'werf.yaml': { message: 'belongs to werf and is left alone', blocks: false },
  '.kluctl.yaml': { message: 'belongs to kluctl and is left alone', blocks: false },
  Tiltfile: { message: 'belongs to Tilt and is left alone', blocks: false },
};
/** A key at the start of a line (an item of a List included) or inside braces, quoted or not: cheap to look for before anything is parsed. */
const HAS_API_VERSION = /(?:^[ \t]*(?:- )*|[{,]\s*)["']?apiVersion["']?[ \t]*:/m;
const HAS_KIND = /(?:^[ \t]*(?:- )*|[{,]\s*)["']?kind["']?[ \t]*:/m;

/**
 * Finds what to deploy below the given files and folders: YAML and JSON with apiVersion and kind, in the order of their paths, each once. Folders of version control, node_modules,
 * names that begin with a dot and the inside of Helm charts are passed over; what needs a renderer is reported, never guessed. A file that was named and cannot be read, or holds no
 * manifest, is reported too.
 */
export async function discover(roots: readonly string[], files: Files, options: DiscoverOptions = {}): Promise<Discovered> {
  const walk = new Walk(files, options);
  for (const root of roots) await walk.root(root.replace(/(?<=.)\/+$/, ''));
  return { files: [...walk.found.values()], notes: walk.notes };
}

class Walk {
  readonly found = new Map<string, ManifestFile>();
  readonly notes: Note[] = [];
  readonly #files: Files;
  readonly #maxBytes: number;
  readonly #maxFiles: number;
  readonly #signal: AbortSignal | undefined;
  #read = 0;

  constructor(files: Files, { maxBytes = 8 * 1024 * 1024, maxFiles = 5_000, signal }: DiscoverOptions) {
    this.#files = files;
    this.#maxBytes = maxBytes;
    this.#maxFiles = maxFiles;
    this.#signal = signal;
  }

  async root(path: string): Promise<void> {
    const facts = await this.#files.facts(path);
    if (!facts.ok) return this.#fail(path, facts.failure);
    if (facts.value.type === 'folder') return this.#folder(path);
    if (this.#marker(path)) return;
    await this.#file(path, true);
  }

  async #folder(folder: string): Promise<void> {
    if (this.#signal?.aborted) return;
    const list = await this.#files.list(folder);
    if (!list.ok) return this.#fail(folder, list.failure);
    const entries = [...list.value].sort((one, other) => (one.name < other.name ? -1 : 1));
    // whoever renders a folder decides what in it is a manifest: patches and templates are none
    const rendered = entries.find(({ name }) => MARKERS[name]?.blocks);
    if (rendered) return void this.#marker(`${folder}/${rendered.name}`);
    for (const { name, type } of entries) {
      const path = `${folder}/${name}`;
      if (type === 'folder' && !name.startsWith('.') && !SKIPPED.has(name)) await this.#folder(path);
      else if (type === 'file' && !this.#marker(path) && MANIFEST.test(name) && !name.startsWith('.'))
        await this.#file(path, false);
    }
  }

  #marker(path: string): boolean {
    const marker = MARKERS[path.slice(path.lastIndexOf('/') + 1)];
    if (marker) this.#note(path, marker.message, marker.blocks);
    return marker !== undefined;
  }

  async #file(path: string, named: boolean): Promise<void> {
    if (this.found.has(path) || this.#signal?.aborted) return;
    if (++this.#read > this.#maxFiles) {
      if (this.#read === this.#maxFiles + 1)
        this.#note(path, `is where reading stopped, after ${this.#maxFiles} files: choose a smaller folder`, true);
      return;
    }
    const facts = await this.#files.facts(path);
    if (!facts.ok) return this.#fail(path, facts.failure);
    if (facts.value.size > this.#maxBytes) {
      this.#note(
        path,
        `is ${Math.round(facts.value.size / 1024 / 1024)} MB, more than the ${this.#maxBytes / 1024 / 1024} MB a manifest may have`,
        named,
      );
      return;
    }
    const text = await this.#files.read(path);
    if (!text.ok) return this.#fail(path, text.failure);
    if (HAS_API_VERSION.test(text.value) && HAS_KIND.test(text.value)) this.found.set(path, { file: path, text: text.value });
    else if (named) this.#note(path, 'holds no document with apiVersion and kind', false);
  }

  #fail(path: string, failure: Failure): void {
    this.notes.push({ file: path, message: failure.message, blocks: true });
  }

  #note(file: string, message: string, blocks: boolean): void {
    this.notes.push({ file, message: `${file.slice(file.lastIndexOf('/') + 1)} ${message}.`.replace(/\.\.$/, '.'), blocks });
  }
}

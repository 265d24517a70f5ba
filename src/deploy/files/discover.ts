import type { Failure, Result } from '../../base/failure.ts';
import { formsIn } from '../../manifest/manifest.ts';
import { mayBeOurs } from '../../manifest/syntax.ts';
import type { FileFacts, Files } from './files.ts';
import { isBareEnvironment } from './heatBeside.ts';

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
  /** Paths of what look like manifests by their names and were left out because the version control ignores them: what was deployed from them is still written down. */
  readonly leftOut?: readonly string[];
}

/** Limits that keep a folder chosen by mistake from being read whole. */
export interface DiscoverOptions {
  /** Largest file read, in bytes; default 8 MiB. */
  readonly maxBytes?: number;
  /** Most files read; default 5,000. */
  readonly maxFiles?: number;
  /** Whether files that are no manifests and name resources of a cloud all the same (a `cloud.conf`, openrc, a Heat template, clouds.yaml) are found, too: they are checked, never deployed. */
  readonly references?: boolean;
  /**
   * What the version control ignores below a folder: paths from there on, those of folders with a `/` behind. Asked once for each folder that was named and for each repository in it; where it fails nothing is ignored. What was named
   * itself counts all the same.
   */
  readonly ignored?: (folder: string, signal?: AbortSignal) => Promise<Result<ReadonlySet<string>>>;
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
 * names that begin with a dot, what is `ignored` and the inside of Helm charts are passed over; what needs a renderer is reported, never guessed. A file that was named and cannot be read, or holds no
 * manifest, is reported too.
 */
export async function discover(roots: readonly string[], files: Files, options: DiscoverOptions = {}): Promise<Discovered> {
  const walk = new Walk(files, options);
  for (const root of roots) await walk.root(root.replace(/(?<=.)\/+$/, ''));
  const leftOut = walk.tellLeft();
  return { files: [...walk.found.values()], notes: walk.notes, ...(leftOut.length > 0 ? { leftOut } : {}) };
}

/** So many of the files that are left out are named. */
const MOST_NAMED = 3;
/** Folders that are ignored and looked through all the same. */
const MOST_IGNORED = 500;

type Entry = { readonly name: string; readonly type: FileFacts['type'] };

const isEntered = ({ name, type }: Entry) => type === 'folder' && !name.startsWith('.') && !SKIPPED.has(name);

class Walk {
  readonly found = new Map<string, ManifestFile>();
  readonly notes: Note[] = [];
  readonly #files: Files;
  readonly #maxBytes: number;
  readonly #maxFiles: number;
  readonly #references: boolean;
  readonly #ask: DiscoverOptions['ignored'];
  readonly #ignored = new Set<string>();
  readonly #left: { readonly folder: string; readonly left: readonly string[] }[] = [];
  readonly #leftOut: string[] = [];
  readonly #signal: AbortSignal | undefined;
  #read = 0;
  #ignoredFolders = 0;

  constructor(files: Files, options: DiscoverOptions) {
    const { maxBytes = 8 * 1024 * 1024, maxFiles = 5_000, references = false, ignored, signal } = options;
    this.#files = files;
    this.#ask = ignored;
    this.#maxBytes = maxBytes;
    this.#maxFiles = maxFiles;
    this.#references = references;
    this.#signal = signal;
  }

  async root(path: string): Promise<void> {
    const facts = await this.#files.facts(path);
    if (!facts.ok) return this.#fail(path, facts.failure);
    if (facts.value.type === 'folder') return this.#named(path);
    if (this.#marker(path)) return;
    await this.#file(path, true);
  }

  async #named(folder: string): Promise<void> {
    const left: string[] = [];
    await this.#folder(folder, left, true);
    this.#left.push({ folder, left });
  }

  /** Tells what was left out of each folder and not named besides; answers all of it. */
  tellLeft(): readonly string[] {
    for (const { folder, left } of this.#left) {
      const missed = left.filter((path) => !this.found.has(path));
      const [first] = missed;
      if (first === undefined) continue;
      const names = missed.slice(0, MOST_NAMED).map((path) => path.slice(folder.length + 1));
      const more = missed.length > names.length ? ` and ${missed.length - names.length} more` : '';
      const them = missed.length === 1 ? 'it' : 'them';
      const message = `${names.join(', ')}${more}: left out, since git ignores ${them}. Choose ${them} by name to have ${them} deployed.`;
      this.notes.push({ file: first, message, blocks: false });
    }
    return this.#leftOut.filter((path) => !this.found.has(path));
  }

  /** `left`: manifests, by their names, that are left out since they are ignored; of a folder of them one. */
  async #folder(folder: string, left: string[], isNamed = false): Promise<void> {
    if (this.#signal?.aborted) return;
    const [list] = await Promise.all([this.#files.list(folder), isNamed && this.#askIgnored(folder)]);
    if (!list.ok) return this.#fail(folder, list.failure);
    if (!isNamed && list.value.some(({ name }) => name === '.git')) await this.#askIgnored(folder);
    const all = [...list.value].sort((one, other) => (one.name < other.name ? -1 : 1));
    const isIgnored = ({ name }: Entry) => this.#ignored.has(`${folder}/${name}`);
    for (const entry of all.filter(isIgnored)) {
      const manifests = await this.#manifestsOf(`${folder}/${entry.name}`, entry);
      // deeper down stand what charts and builds are made of
      left.push(...manifests.filter((one) => isDirectly(one, `${folder}/${entry.name}`)).slice(0, 1));
      this.#leftOut.push(...manifests);
    }
    const entries = all.filter((entry) => !isIgnored(entry));
    // whoever renders a folder decides what in it is a manifest: patches and templates are none
    const rendered = entries.find(({ name }) => MARKERS[name]?.blocks);
    if (rendered) return void this.#marker(`${folder}/${rendered.name}`);
    for (const { name, type } of entries) {
      const path = `${folder}/${name}`;
      if (isEntered({ name, type })) await this.#folder(path, left);
      else if (type === 'file' && !this.#marker(path) && this.#isCandidate(name)) await this.#file(path, false);
    }
  }

  async #askIgnored(folder: string): Promise<void> {
    const ignored = await this.#ask?.(folder, this.#signal);
    if (ignored?.ok) for (const name of ignored.value) this.#ignored.add(`${folder}/${name.replace(/\/$/, '')}`);
    else if (ignored?.failure.reason === 'unavailable')
      this.notes.push({ file: folder, message: ignored.failure.message, blocks: false });
  }

  /** All that may be a manifest, by its name, at a place that is ignored: what was deployed from there is not gone. Of at most {@link MOST_IGNORED} folders. */
  async #manifestsOf(path: string, entry: Entry): Promise<string[]> {
    if (entry.type === 'file') return MANIFEST.test(entry.name) && this.#isCandidate(entry.name) ? [path] : [];
    if (!isEntered(entry)) return [];
    // what a build leaves behind may be thousands of folders
    this.#ignoredFolders += 1;
    if (this.#ignoredFolders > MOST_IGNORED || this.#signal?.aborted) return [];
    const list = await this.#files.list(path);
    const all: string[] = [];
    for (const below of list.ok ? list.value : []) all.push(...(await this.#manifestsOf(`${path}/${below.name}`, below)));
    return all.sort();
  }

  #isCandidate(name: string): boolean {
    return !name.startsWith('.') && (MANIFEST.test(name) || (this.#references && mayBeOurs(name)));
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
      this.#leftOut.push(path);
      this.#note(
        path,
        `is ${Math.round(facts.value.size / 1024 / 1024)} MB, more than the ${this.#maxBytes / 1024 / 1024} MB a manifest may have`,
        named,
      );
      return;
    }
    const text = await this.#files.read(path);
    if (!text.ok) return this.#fail(path, text.failure);
    const isManifest = HAS_API_VERSION.test(text.value) && HAS_KIND.test(text.value);
    if (isManifest || (this.#references && (await this.#hasReferences(path, text.value))))
      this.found.set(path, { file: path, text: text.value });
    else if (named) this.#note(path, 'holds no document with apiVersion and kind', false);
  }

  async #hasReferences(path: string, text: string): Promise<boolean> {
    return formsIn(path, text).length > 0 || isBareEnvironment(path, text, this.#files);
  }

  #fail(path: string, failure: Failure): void {
    this.notes.push({ file: path, message: failure.message, blocks: true });
  }

  #note(file: string, message: string, blocks: boolean): void {
    this.notes.push({ file, message: `${file.slice(file.lastIndexOf('/') + 1)} ${message}.`.replace(/\.\.$/, '.'), blocks });
  }
}

/** A place itself, or a YAML file right in it. */
function isDirectly(path: string, place: string): boolean {
  return path === place || (/\.ya?ml$/i.test(path) && !path.slice(place.length + 1).includes('/'));
}

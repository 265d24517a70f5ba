import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { type Failure, failed, type Result, success } from '../base/failure.ts';
import { isPlainMap, type PlainMap, type PlainValue, readPlainYaml } from './plainYaml.ts';

/** The value of one named entry (`cluster`, `user` or `context`) and where it stands. Lines count from 1. */
export interface KubeconfigEntry {
  readonly name: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly file: string;
  readonly line: number;
}

/** All files merged as kubectl merges them: the first entry of a name wins, files that do not exist are skipped. */
export interface Kubeconfig {
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
  /** Of the first file that names one. */
  readonly current: string | undefined;
  /** Files that could not be read or are not kubeconfigs; the others count. */
  readonly problems: readonly Failure[];
  /** Every file that was looked for. */
  readonly lookedFor: readonly string[];
  /** The folders they stand in, for watching. */
  readonly folders: readonly string[];
}

/** Which files are read. */
export interface KubeconfigSearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Further files of the user (a setting), or folders of them; their entries come last. */
  readonly extraFiles?: readonly string[];
  readonly home?: string;
}

const largestFile = 16 * 1024 * 1024;
const lists = ['contexts', 'clusters', 'users'] as const;
type Lists = Record<(typeof lists)[number], Map<string, KubeconfigEntry>>;

/** The files in order: those of `KUBECONFIG`, or `~/.kube/config`; then the extra ones. Source: kubectl, client-go `tools/clientcmd/loader.go`. */
export function kubeconfigFiles({ env, extraFiles = [], home = homedir() }: KubeconfigSearch): readonly string[] {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  const files = named.length > 0 ? named : [join(home, '.kube', 'config')];
  const expanded = extraFiles.map((path) => (path.startsWith('~/') ? join(home, path.slice(2)) : path));
  return [...new Set([...files, ...expanded])];
}

/** Reads and merges the files. Never fails as a whole: what is broken is among the `problems`. */
export async function readKubeconfig(search: KubeconfigSearch): Promise<Kubeconfig> {
  const places = await Promise.all(kubeconfigFiles(search).map(filesIn));
  const lookedFor = [...new Set(places.flatMap(({ files }) => files))];
  const folders = [...new Set([...places.flatMap(({ folder }) => folder ?? []), ...lookedFor.map((file) => dirname(file))])];
  const merged: Lists = { contexts: new Map(), clusters: new Map(), users: new Map() };
  const problems: Failure[] = [];
  let current: string | undefined;
  for (const read of await Promise.all(lookedFor.map(readOne))) {
    if (read === undefined) continue;
    if (!read.ok) {
      problems.push(read.failure);
      continue;
    }
    for (const list of lists) {
      for (const entry of read.value[list]) if (!merged[list].has(entry.name)) merged[list].set(entry.name, entry);
    }
    current ??= read.value.current;
  }
  return { ...merged, current, problems, lookedFor, folders };
}

/** A file as it is; of a folder, those of its files that say they are kubeconfigs (keys and notes lie beside them). Not of folders in it. */
async function filesIn(path: string): Promise<{ readonly files: readonly string[]; readonly folder?: string }> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return { files: [path] };
  const entries = await readdir(path).catch(() => []);
  const files = entries.filter((name) => !name.startsWith('.')).toSorted();
  const taken = await Promise.all(files.map((name) => saysKubeconfig(join(path, name))));
  return { files: files.filter((_, index) => taken[index]).map((name) => join(path, name)), folder: path };
}

async function saysKubeconfig(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile() || found.size > largestFile) return false;
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^\s*["']?(?:clusters|contexts|users|current-context)["']?\s*:/m.test(text) || /^kind: Config\b/m.test(text);
}

interface OneFile extends Record<(typeof lists)[number], KubeconfigEntry[]> {
  readonly current: string | undefined;
}

async function readOne(file: string): Promise<Result<OneFile> | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? undefined
      : failed('invalid', `${file} cannot be read (${code}).`, { at: { file } });
  }
  return text.length > largestFile
    ? failed('invalid', `${file} is larger than any kubeconfig; it is left out.`, { at: { file } })
    : parseKubeconfig(text, file);
}

/** Reads one file's text; fails with `invalid`, naming the line of the first syntax error. */
export function parseKubeconfig(text: string, file: string): Result<OneFile> {
  const root = readPlainYaml(text);
  return root ? success(oneFileOf(root, file)) : parseAnyYaml(text, file);
}

function oneFileOf({ entries }: PlainMap, file: string): OneFile {
  const current = entries.get('current-context');
  return {
    contexts: plainEntries(entries, 'contexts', file),
    clusters: plainEntries(entries, 'clusters', file),
    users: plainEntries(entries, 'users', file),
    current: typeof current === 'string' && current !== '' ? current : undefined,
  };
}

function plainEntries(root: PlainMap['entries'], list: (typeof lists)[number], file: string): KubeconfigEntry[] {
  const items = root.get(list);
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: PlainValue) => {
    if (!isPlainMap(item)) return [];
    const name = item.entries.get('name');
    const value = item.entries.get(list.slice(0, -1));
    if (typeof name !== 'string') return [];
    return [{ name, value: isPlainMap(value) ? toRecord(value) : {}, file, line: item.line }];
  });
}

function toRecord({ entries }: PlainMap): Record<string, unknown> {
  return Object.fromEntries([...entries].map(([key, value]) => [key, toJson(value)]));
}

function toJson(value: PlainValue): unknown {
  if (Array.isArray(value)) return value.map(toJson);
  return isPlainMap(value) ? toRecord(value) : value;
}

/** The whole of YAML, for what is not written in its plain form. */
export function parseAnyYaml(text: string, file: string): Result<OneFile> {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, merge: true, uniqueKeys: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = counter.linePos(error.pos[0]);
    return failed('invalid', `${file} is not valid YAML (line ${line}). Its contexts are left out.`, {
      at: { file, line, column: col },
    });
  }
  const root = document.contents;
  if (root === null) return success({ contexts: [], clusters: [], users: [], current: undefined });
  if (!isMap(root)) return failed('invalid', `${file} is not a kubeconfig: it holds no mapping.`, { at: { file, line: 1 } });
  const entries = (list: (typeof lists)[number]) => entriesOf(root, list, file, counter);
  const current = root.get('current-context');
  return success({
    contexts: entries('contexts'),
    clusters: entries('clusters'),
    users: entries('users'),
    current: typeof current === 'string' && current !== '' ? current : undefined,
  });
}

function entriesOf(root: YAMLMap, list: (typeof lists)[number], file: string, counter: LineCounter): KubeconfigEntry[] {
  const sequence = root.get(list, true);
  if (!isSeq(sequence)) return [];
  return sequence.items.flatMap((item) => {
    if (!isMap(item)) return [];
    const name = item.get('name', true);
    const value = item.get(list.slice(0, -1), true);
    if (!isScalar(name) || name.value === null || name.value === undefined) return [];
    const { line } = counter.linePos(item.range?.[0] ?? 0);
    return [{ name: String(name.value), value: isMap(value) ? (value.toJSON() as Record<string, unknown>) : {}, file, line }];
  });
}

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { type Failure, failed, type Result, success } from '../base/failure.ts';

/** A mapping as YAML gave it. */
export type Settings = Readonly<Record<string, unknown>>;

/** Where an entry is written down; lines count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** What decides which files are read. */
export interface ConfigSearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Looked into first, as the `openstack` command does. Left out in an editor: a workspace's clouds.yaml is never read by itself. */
  readonly cwd?: string | undefined;
  /** Further clouds files of the user; their clouds come after the others, and names already taken are left alone. */
  readonly extraFiles?: readonly string[] | undefined;
  readonly home?: string | undefined;
  readonly platform?: NodeJS.Platform | undefined;
}

/** The three files as found, `secure.yaml` merged over the clouds. */
export interface ConfigFiles {
  readonly clouds: ReadonlyMap<string, { readonly settings: unknown; readonly place: Place }>;
  readonly publicClouds: Settings;
  readonly problems: readonly Failure[];
  /** Every file that was looked for, for watching and for sentences. */
  readonly lookedFor: readonly string[];
}

const largestFile = 4 * 1024 * 1024;
const suffixes = ['.yaml', '.yml', '.json'];

/**
 * Finds and reads `clouds`, `secure` and `clouds-public`. Each is searched on its own and the first readable one wins whole; a broken one is a problem and the
 * search goes on. Source of order and merging: openstacksdk, `config/loader.py`.
 */
export async function readConfigFiles(search: ConfigSearch): Promise<ConfigFiles> {
  const paths = {
    clouds: cloudsPaths(search),
    secure: withFirst(search.env['OS_CLIENT_SECURE_FILE'], pathsOf('secure', search)),
    public: pathsOf('clouds-public', search),
  };
  const extraPaths = (search.extraFiles ?? []).map((path) => expandHome(path, search.home));
  const [main, secure, vendor] = await Promise.all([
    firstReadable(paths.clouds),
    firstReadable(paths.secure),
    firstReadable(paths.public),
  ]);
  const extras = await Promise.all(extraPaths.map(readConfigFile));
  return {
    clouds: mergeClouds([main.file, ...extras.map((extra) => (extra.ok ? extra.value : undefined))], secure.file),
    publicClouds: asSettings(vendor.file?.content['public-clouds']),
    problems: [
      ...main.problems,
      ...secure.problems,
      ...vendor.problems,
      ...extras.flatMap((extra) => (extra.ok ? [] : [extra.failure])),
    ],
    lookedFor: [...paths.clouds, ...paths.secure, ...paths.public, ...extraPaths],
  };
}

/** `~` as the user's home folder. */
export function expandHome(path: string, home: string = homedir()): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path;
}

/** The value if it is a mapping, else an empty one. */
export function asSettings(value: unknown): Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Settings) : {};
}

interface ConfigFile {
  readonly path: string;
  readonly content: Settings;
  readonly lines: ReadonlyMap<string, number>;
}

/** Where a clouds file is looked for, in order. The first one that is there counts, and hides all after it. */
export function cloudsPaths(search: ConfigSearch): readonly string[] {
  return withFirst(search.env['OS_CLIENT_CONFIG_FILE'], pathsOf('clouds', search));
}

function pathsOf(name: string, search: ConfigSearch): string[] {
  return foldersOf(search).flatMap((folder) => suffixes.map((suffix) => join(folder, name + suffix)));
}

function foldersOf({ env, cwd, home = homedir(), platform = process.platform }: ConfigSearch): string[] {
  const own = join(home, '.config', 'openstack');
  const snap = env['SNAP_REAL_HOME'] ? [join(env['SNAP_REAL_HOME'], '.config', 'openstack')] : [own];
  const platformFolders: Partial<Record<NodeJS.Platform, readonly [user: string[], site: string[]]>> = {
    darwin: [[join(home, 'Library', 'Application Support', 'openstack')], ['/Library/Application Support/openstack']],
    win32: [
      [join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'OpenStack', 'openstack')],
      ['C:\\ProgramData\\OpenStack\\openstack'],
    ],
  };
  const xdgSites = (env['XDG_CONFIG_DIRS'] || '/etc/xdg').split(':').map((folder) => join(folder, 'openstack'));
  const xdg = [[env['XDG_CONFIG_HOME'] ? join(env['XDG_CONFIG_HOME'], 'openstack') : own], xdgSites] as const;
  const [user, site] = platformFolders[platform] ?? xdg;
  return [...new Set([...(cwd === undefined ? [] : [cwd]), ...user, ...snap, ...site, '/etc/openstack'])];
}

function withFirst(first: string | undefined, paths: readonly string[]): readonly string[] {
  return first ? [first, ...paths] : paths;
}

/** The first of these files that can be read, and what was wrong with those before it. */
async function firstReadable(
  paths: readonly string[],
): Promise<{ readonly file?: ConfigFile; readonly problems: readonly Failure[] }> {
  const problems: Failure[] = [];
  for (const path of paths) {
    const file = await readConfigFile(path);
    if (file.ok) return { file: file.value, problems };
    if (file.failure.reason !== 'notFound') problems.push(file.failure);
  }
  return { problems };
}

async function readConfigFile(path: string): Promise<Result<ConfigFile>> {
  try {
    const text = await readFile(path, 'utf8');
    if (text.length > largestFile) return failed('invalid', `${path} is too large for a clouds file.`, { at: { file: path } });
    return parseConfig(path, text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') return failed('notFound', `${path} does not exist.`, { at: { file: path } });
    return failed('invalid', `${path} cannot be read (${code}). Check its permissions.`, { at: { file: path } });
  }
}

function parseConfig(path: string, text: string): Result<ConfigFile> {
  const counter = new LineCounter();
  // YAML 1.1, as PyYAML reads it: `verify: no` is a boolean.
  const document = parseDocument(text, { version: '1.1', lineCounter: counter, logLevel: 'silent' });
  const trouble = document.errors[0] ?? document.warnings[0];
  if (trouble) {
    const { line, col } = counter.linePos(trouble.pos[0]);
    const reason = trouble.message.split(/ at line \d|\n/)[0] ?? 'not YAML';
    return failed('invalid', `${path} is not valid YAML (line ${line}): ${reason}. Its clouds are left out.`, {
      at: { file: path, line, column: col },
    });
  }
  const lines = new Map<string, number>();
  const clouds = isMap(document.contents) ? document.contents.get('clouds') : undefined;
  for (const pair of isMap(clouds) ? clouds.items : []) {
    if (isScalar(pair.key)) lines.set(String(pair.key.value), counter.linePos(pair.key.range?.[0] ?? 0).line);
  }
  try {
    return success({ path, content: asSettings(document.toJS()), lines });
  } catch {
    return failed('invalid', `${path} uses aliases without bound. Its clouds are left out.`, { at: { file: path } });
  }
}

function mergeClouds(files: readonly (ConfigFile | undefined)[], secure: ConfigFile | undefined) {
  const clouds = new Map<string, { settings: unknown; place: Place }>();
  const secrets = asSettings(secure?.content['clouds']);
  for (const file of files) {
    for (const [name, settings] of Object.entries(asSettings(file?.content['clouds']))) {
      if (!file || clouds.has(name)) continue;
      clouds.set(name, {
        settings: merged(settings, secrets[name]),
        place: { file: file.path, line: file.lines.get(name) ?? 1 },
      });
    }
  }
  for (const [name, settings] of Object.entries(secrets)) {
    if (secure && !clouds.has(name))
      clouds.set(name, { settings, place: { file: secure.path, line: secure.lines.get(name) ?? 1 } });
  }
  return clouds;
}

/** Mappings merge key by key, anything else is replaced by what comes later. */
export function merged(one: unknown, other: unknown): unknown {
  if (other === undefined) return one;
  if (!isMapping(one) || !isMapping(other)) return other;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...keys].map((key) => [key, merged(one[key], other[key])]));
}

function isMapping(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

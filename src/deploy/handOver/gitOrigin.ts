import type { Files } from '../files/files.ts';

/** The repository that a place lies in: its root, and where it is pushed to as far as that is written down. */
export interface GitOrigin {
  readonly root: string;
  /** As the engines take it, without credentials. */
  readonly url?: string;
  readonly branch?: string;
}

/**
 * Looks for the repository above a place by its files alone: nothing is run. Undefined where there is none. Worktrees and submodules lead to their repository. Sources: gitrepository-layout(5), gitfile in
 * gitglossary(7).
 */
export async function gitOrigin(place: string, files: Files): Promise<GitOrigin | undefined> {
  for (let folder = place.replace(/\/+$/, ''); folder !== ''; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const facts = await files.facts(`${folder}/.git`);
    if (!facts.ok) continue;
    const own = facts.value.type === 'folder' ? `${folder}/.git` : await linked(folder, files);
    if (own === undefined) return { root: folder };
    const common = await text(files, `${own}/commondir`);
    const shared = common === undefined ? own : resolved(own, common.trim());
    const [config = '', head = ''] = await Promise.all([text(files, `${shared}/config`), text(files, `${own}/HEAD`)]);
    return { root: folder, ...originIn(config, head) };
  }
  return undefined;
}

async function linked(folder: string, files: Files): Promise<string | undefined> {
  const [, path] = /^gitdir: (.+)$/m.exec((await text(files, `${folder}/.git`)) ?? '') ?? [];
  return path === undefined ? undefined : resolved(folder, path.trim());
}

async function text(files: Files, path: string): Promise<string | undefined> {
  const read = await files.read(path);
  return read.ok ? read.value : undefined;
}

function resolved(folder: string, path: string): string {
  if (path.startsWith('/')) return path;
  const steps = folder.split('/');
  for (const step of path.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '.') steps.push(step);
  }
  return steps.join('/');
}

/** The URL and branch that the checked-out branch is pushed to; of a detached HEAD those of `origin`. `config` and `head` are the texts of the files of those names. */
export function originIn(config: string, head: string): Omit<GitOrigin, 'root'> {
  const [, local] = /^ref: refs\/heads\/(.+)$/m.exec(head) ?? [];
  const branch = local === undefined ? undefined : sectionOf(config, 'branch', local);
  const remote = sectionOf(config, 'remote', branch?.get('remote') ?? 'origin');
  const url = engineUrl(remote?.get('url') ?? '');
  const merged = branch?.get('merge')?.replace(/^refs\/heads\//, '') ?? local;
  return { ...(url === undefined ? {} : { url }), ...(merged === undefined ? {} : { branch: merged }) };
}

function sectionOf(config: string, kind: string, name: string): ReadonlyMap<string, string> | undefined {
  const sections = config.split(/^(?=\s*\[)/m);
  const own = sections.find((section) => section.trimStart().startsWith(`[${kind} "${name}"]`));
  if (own === undefined) return undefined;
  return new Map([...own.matchAll(/^\s*(\w+)\s*=\s*(.*?)\s*$/gm)].map(([, key = '', value = '']) => [key.toLowerCase(), value]));
}

/**
 * A remote as Flux and Argo CD take it: `git@host:path` becomes `ssh://git@host/path` (Flux knows no short form; "GitRepository", "URL"), user and password leave an `https` URL. Undefined for what only this
 * machine can reach.
 */
export function engineUrl(remote: string): string | undefined {
  const [, user, host, path] = /^(?:([\w.-]+)@)?([\w.-]+):(?!\/\/)([^\\]+)$/.exec(remote) ?? [];
  if (host !== undefined && path !== undefined && host.length > 1)
    return `ssh://${user ?? 'git'}@${host}/${path.replace(/^\/+/, '')}`;
  const [, scheme = '', authority = '', rest = ''] = /^(https?|ssh):\/\/([^/]+)(\/.*)$/.exec(remote) ?? [];
  if (scheme === '') return undefined;
  const bare = authority.slice(authority.lastIndexOf('@') + 1);
  const [login = ''] = authority.includes('@') ? authority.split(':', 1) : [];
  return scheme === 'ssh' && login !== '' ? `ssh://${login.replace(/@.*/, '')}@${bare}${rest}` : `${scheme}://${bare}${rest}`;
}

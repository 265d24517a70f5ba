/**
 * Brings what the stand-in VS Code needs: Debian's Chromium with a font, and VS Code's own server and web workbench from the npm package code-server,
 * unpacked without running an install script or compiling anything. A second call finds everything and returns at once.
 *
 * usage: install.ts
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { browserProgram, CODE_SERVER, codeServerFolder, hostFolder, onPath, serverProgram } from './places.ts';

const run = promisify(execFile);
const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };

/** Parts of VS Code's server that no test of an extension touches: 400 MB of other platforms' programs and built-in extensions. */
const UNNEEDED = [
  'node_modules/@github',
  'node_modules/@microsoft/mxc-sdk',
  'node_modules/@vscode/windows-process-tree',
  'node_modules/@vscode/windows-registry',
  'node_modules/@devcontainers',
  'node_modules/@vscode/sandbox-runtime',
  'extensions/copilot',
  'extensions/mermaid-markdown-features',
  'extensions/ms-vscode.js-debug',
  'extensions/ms-vscode.js-debug-companion',
  'extensions/ms-vscode.vscode-js-profile-table',
];
/** Folders that hold one program per platform. */
const PER_PLATFORM = ['node_modules/@vscode/ripgrep-universal/bin', 'node_modules/node-pty/prebuilds'];

/** Both for a test; a person who looks at the window brings a browser. */
export interface Wanted {
  readonly browser: boolean;
}

/** What {@link installHost} would fetch on this machine, one sentence each; empty if nothing is lacking. */
export function lacking({ browser }: Wanted = { browser: true }): string[] {
  return [
    ...(browser && lacksBrowser() ? ['Chromium and a font from Debian (135 MB to fetch, 440 MB on disk)'] : []),
    ...(existsSync(serverProgram)
      ? []
      : [`VS Code's server from the npm package code-server ${CODE_SERVER} (80 MB to fetch, 200 MB on disk)`]),
  ];
}

/** Brings what {@link lacking} names. Rejects with one sentence that says what to do where it cannot. */
export async function installHost(
  { browser }: Wanted = { browser: true },
  say: (line: string) => void = console.log,
): Promise<void> {
  if (process.platform !== 'linux')
    throw new Error('The stand-in VS Code runs on Linux only: set CODE_EXECUTABLE to an installed VS Code.');
  if (Number(process.versions.node.split('.')[0]) < 24)
    throw new Error(
      `VS Code's server needs Node 24, this is ${process.version}: start it through npm, or install the optional dependencies.`,
    );
  if (browser && lacksBrowser()) await installBrowser(say);
  if (!existsSync(serverProgram)) await installServer(say);
}

const lacksBrowser = () => !browserProgram() || !existsSync('/usr/share/fonts');

async function installBrowser(say: (line: string) => void): Promise<void> {
  if (process.getuid?.() !== 0 || !onPath('apt-get'))
    throw new Error('No Chromium found. As root: apt-get install chromium fonts-dejavu-core; or set CHROMIUM to the program.');
  say('Installing Chromium and a font from Debian …');
  await run('apt-get', ['update', '-qq'], { env: environment });
  const packages = ['chromium', 'fonts-dejavu-core'];
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    env: environment,
    maxBuffer: 64 << 20,
  });
}

/** Made under another name and renamed when whole, so that an interrupted run leaves nothing that looks finished. */
async function installServer(say: (line: string) => void): Promise<void> {
  say(`Fetching VS Code's server (code-server ${CODE_SERVER} from npm) …`);
  await mkdir(hostFolder, { recursive: true });
  const folder = await mkdtemp(join(hostFolder, 'partial-'));
  try {
    await npm(folder, 'pack', '--silent', `code-server@${CODE_SERVER}`);
    await run('tar', ['xzf', `code-server-${CODE_SERVER}.tgz`], { cwd: folder });
    const server = join(folder, 'package/lib/vscode');
    // `npm ci` refuses the package's shrinkwrap, which disagrees with its package.json.
    await npm(server, 'install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund');
    await prune(server);
    await rename(join(folder, 'package'), codeServerFolder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const npm = (cwd: string, ...args: string[]) => run('npm', args, { cwd, maxBuffer: 64 << 20, env: withoutNpm(environment) });

/** npm hands its settings down to what it starts; those of this project are not meant for the other package's folder. */
const withoutNpm = (all: NodeJS.ProcessEnv) =>
  Object.fromEntries(
    Object.entries(all).filter(([name]) => !/^npm_(?:package|lifecycle|config_(?:local_prefix|prefix))/.test(name)),
  );

async function prune(server: string): Promise<void> {
  for (const path of UNNEEDED) await rm(join(server, path), { recursive: true, force: true });
  for (const path of PER_PLATFORM)
    for (const platform of await readdir(join(server, path)))
      if (platform !== `linux-${process.arch}`) await rm(join(server, path, platform), { recursive: true, force: true });
  // The log writer is a native module that would have to be compiled.
  await copyFile(new URL('spdlog.cjs', import.meta.url), join(server, 'node_modules/@vscode/spdlog/index.js'));
}

if (import.meta.main) {
  try {
    await installHost();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

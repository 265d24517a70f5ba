import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { serverProgram } from './places.ts';
import { QUIET_SETTINGS, trustSettings } from './settings.ts';

export interface ServerOptions {
  /** Where the server keeps its state; a temporary folder, removed by `stop`, if left out. */
  readonly home?: string;
  /** Packaged extensions to install first. */
  readonly vsix?: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Reaches the extension host and the language servers. */
  readonly env?: (home: string) => Readonly<Record<string, string>>;
  /** Needed to load an extension under test through the page's address; hides notifications and refuses modal dialogs. */
  readonly smokeTestDriver?: boolean;
  /** Workspace Trust: folders open in Restricted Mode. */
  readonly trust?: boolean;
  /** The word a browser must present; without it anyone on this machine may open a window. */
  readonly token?: string;
  readonly port?: number;
}

/** VS Code's server on the loopback address, ready to hand out its workbench. */
export interface RunningServer {
  readonly url: string;
  /** host:port as `vscode-remote://` addresses want it. */
  readonly authority: string;
  readonly home: string;
  readonly pid: number;
  readonly startMilliseconds: number;
  /** Rejects never; ends the server, its extension hosts and their language servers, which are one process group. */
  stop(): Promise<void>;
  /** The same at once, for the last moment of this process. */
  kill(): void;
  /** Lets this process end while the server runs on. */
  leave(): void;
}

const READY_WITHIN_MS = 60_000;
const LEAVE_WITHIN_MS = 5_000;

/** Starts VS Code's server. Rejects with one sentence when it ends early or does not answer. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'vscode-host-')));
  await prepare(home, options);
  const env = environment(options.env?.(home) ?? {});
  const folders = [
    '--user-data-dir',
    join(home, 'data'),
    '--extensions-dir',
    join(home, 'extensions'),
    '--server-data-dir',
    home,
  ];
  for (const vsix of options.vsix ?? []) await installExtension(folders, vsix, env);
  const port = options.port ?? (await freePort());
  const began = performance.now();
  // A file of its own, not a pipe through this process, which a window left open outlives.
  const log = await open(join(home, 'server.log'), 'a');
  const child = spawn(process.execPath, [serverProgram, ...folders, ...serverArguments(options, home, port)], {
    env,
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
  });
  await log.close();
  const authority = `127.0.0.1:${port}`;
  await answers(child, `http://${authority}/version`, home);
  const kill = () => signal(child, 'SIGKILL');
  return {
    url: `http://${authority}/`,
    authority,
    home,
    pid: child.pid ?? 0,
    startMilliseconds: performance.now() - began,
    kill,
    leave: () => child.unref(),
    stop: async () => {
      signal(child, 'SIGTERM');
      for (let waited = 0; child.exitCode === null && child.signalCode === null && waited < LEAVE_WITHIN_MS; waited += 50)
        await sleep(50);
      kill();
      if (!options.home) await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

async function prepare(home: string, { settings, token, trust = false }: ServerOptions): Promise<void> {
  const text = JSON.stringify({ ...QUIET_SETTINGS, ...trustSettings(trust), ...settings }, undefined, 2);
  for (const level of ['User', 'Machine']) {
    await mkdir(join(home, 'data', level), { recursive: true });
    await writeFile(join(home, 'data', level, 'settings.json'), text);
  }
  await mkdir(join(home, 'extensions'), { recursive: true });
  if (token !== undefined) await writeFile(join(home, 'token'), token, { mode: 0o600 });
}

/** An empty gallery: nothing asks a marketplace. What an outer VS Code or npm left behind would confuse the inner one. */
function environment(added: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:VSCODE_|npm_)/.test(name) && !['PORT', 'PASSWORD', 'ELECTRON_RUN_AS_NODE'].includes(name),
  );
  return { ...Object.fromEntries(inherited), EXTENSIONS_GALLERY: '{}', ...added };
}

const serverArguments = (
  { token, trust = false, smokeTestDriver = false }: ServerOptions,
  home: string,
  port: number,
): string[] => [
  ...['--host', '127.0.0.1', '--port', String(port)],
  // By way of a file: arguments are for everyone on the machine to read.
  ...(token === undefined ? ['--without-connection-token'] : ['--connection-token-file', join(home, 'token')]),
  ...['--accept-server-license-terms', '--telemetry-level', 'off', '--log', 'info'],
  ...(trust ? [] : ['--disable-workspace-trust']),
  ...(smokeTestDriver ? ['--enable-smoke-test-driver'] : []),
];

async function installExtension(folders: readonly string[], vsix: string, env: NodeJS.ProcessEnv): Promise<void> {
  const args = [serverProgram, ...folders, '--install-extension', resolve(vsix), '--force', '--accept-server-license-terms'];
  await promisify(execFile)(process.execPath, args, { env });
}

async function answers(child: ChildProcess, url: string, home: string): Promise<void> {
  const end = performance.now() + READY_WITHIN_MS;
  while (performance.now() < end) {
    if (child.exitCode !== null)
      throw new Error(`VS Code's server ended with ${child.exitCode}; its log is ${join(home, 'server.log')}`);
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await sleep(50);
  }
  signal(child, 'SIGKILL');
  throw new Error(`VS Code's server does not answer; its log is ${join(home, 'server.log')}`);
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, name);
  } catch {
    // The group has ended already.
  }
}

/** A port that was free a moment ago on the loopback address. */
export function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer().on('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address ? found(address.port) : failed(new Error('no free port'))));
    });
  });
}

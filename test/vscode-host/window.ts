import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { workbenchUrl } from './browser.ts';
import { root } from './places.ts';
import { startServer } from './server.ts';

/** A window that outlives the program that opened it. */
export interface OpenWindow {
  readonly url: string;
  readonly pid: number;
}

const home = join(root, '.vscode-test/window');
const record = join(home, 'window.json');
const STOP_WITHIN_MS = 10_000;

/** Serves `folder` with the packaged extension on the loopback address; an earlier window's server ends. */
export async function openWindow(folder: string, env: Readonly<Record<string, string>>): Promise<OpenWindow> {
  await closeWindow();
  await mkdir(home, { recursive: true, mode: 0o700 });
  const token = randomBytes(24).toString('base64url');
  const server = await startServer({
    home,
    token,
    vsix: [join(root, 'hybrid-clusters.vsix')],
    settings: { 'workbench.startupEditor': 'readme' },
    env: () => env,
  });
  const window = { url: workbenchUrl(server, folder, [], token), pid: server.pid };
  await writeFile(record, JSON.stringify(window), { mode: 0o600 });
  server.leave();
  return window;
}

/** Ends the window's server and what it started. Answers whether there was one. */
export async function closeWindow(): Promise<boolean> {
  const window = runningWindow();
  if (window) process.kill(-window.pid, 'SIGTERM');
  for (let waited = 0; runningWindow() && waited < STOP_WITHIN_MS; waited += 100) await sleep(100);
  const stubborn = runningWindow();
  if (stubborn) process.kill(-stubborn.pid, 'SIGKILL');
  await rm(record, { force: true });
  return window !== undefined;
}

/** Process ids are used again: the recorded one counts only if it still is a server of our folder. */
function runningWindow(): OpenWindow | undefined {
  if (!existsSync(record)) return undefined;
  const window = JSON.parse(readFileSync(record, 'utf8')) as OpenWindow;
  const file = `/proc/${window.pid}/cmdline`;
  return existsSync(file) && readFileSync(file, 'utf8').split('\0').includes(home) ? window : undefined;
}

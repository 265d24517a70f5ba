/**
 * A window on the sample workspace beside a live OpenStack and a live Kubernetes: says what it will install, brings the sandbox up, builds the extension and
 * opens it. In the desktop's VS Code where there is one, else in VS Code's own server on the loopback address, whose page only opens with a token.
 *
 * usage: npm start            (again: a new window with the extension as it is now)
 *        npm start -- stop    closes the window's server and takes the sandbox down
 *
 * `CODE_EXECUTABLE`: a path, or `stand-in` for the page even where there is a desktop.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { findSandbox, windowEnvironment } from './e2e/sandboxEnvironment.ts';
import { kubernetesHalf, openstackHalf } from './sandbox/halves.ts';
import { findPlace } from './sandbox/place.ts';
import { announcement } from './sandbox/prerequisites.ts';
import { installHost, lacking } from './vscode-host/install.ts';
import { onPath, root } from './vscode-host/places.ts';
import { closeWindow, openWindow } from './vscode-host/window.ts';

const workspace = join(root, '.sandbox/workspace');
const onStandIn = { browser: false };

if (process.argv[2] === 'stop') await stop();
else await start();

async function start(): Promise<void> {
  const desktop = findDesktop();
  announce(desktop);
  await must('node', 'test/sandbox/sandbox.ts', 'up');
  const sandbox = findSandbox();
  if (!sandbox) throw new Error('The sandbox is up but left no .sandbox/env.json.');
  await must('npm', 'run', '-s', 'package');
  if (existsSync(workspace)) console.log(`\nThe workspace of last time is kept: ${workspace} (remove the folder to begin anew).`);
  else await cp(join(root, 'test/fixtures/workspace'), workspace, { recursive: true });
  const env = windowEnvironment(sandbox);
  if (desktop) openDesktop(desktop, env);
  else await openPage(env);
  console.log('Left running: the sandbox, until   npm run sandbox -- down');
  console.log('Stop everything:                   npm start -- stop');
}

function announce(desktop: string | undefined): void {
  const place = findPlace();
  const sandbox = announcement({ packages: !openstackHalf(place).isFetched(), controlPlane: !kubernetesHalf(place).isFetched() });
  const host = desktop ? [] : lacking(onStandIn).map((what) => `  - ${what}`);
  const lines = [...sandbox, ...(sandbox.length === 0 && host.length > 0 ? ['This installs:'] : []), ...host];
  if (lines.length > 0)
    console.log(
      [...lines, 'All of it but the Debian packages goes into .sandbox/ and .vscode-test/ of this folder.', ''].join('\n'),
    );
}

/** The desktop's VS Code, if there is a desktop to show it on. */
function findDesktop(): string | undefined {
  const wish = process.env['CODE_EXECUTABLE'];
  if (wish === 'stand-in') return undefined;
  const display = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
  return display ? (wish ?? onPath(process.platform === 'win32' ? 'code.cmd' : 'code')) : undefined;
}

function openDesktop(code: string, env: Record<string, string>): void {
  const profile = join(root, '.vscode-test/desktop');
  // VS Code refuses to run as root without these two.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = [
    '--new-window',
    `--user-data-dir=${profile}`,
    '--disable-workspace-trust',
    ...asRoot,
    `--extensionDevelopmentPath=${root}`,
    workspace,
  ];
  spawn(code, args, { stdio: 'ignore', detached: true, env: { ...process.env, ...env } }).unref();
  console.log(`\nOpened ${workspace} in ${code}.`);
}

async function openPage(env: Record<string, string>): Promise<void> {
  await installHost(onStandIn);
  const { url, pid } = await openWindow(workspace, env);
  console.log(`
Open this address in a browser of this machine (the token in it is the key to the window; do not pass it on):

  ${url}

Left running: the window's server, process ${pid}`);
}

async function stop(): Promise<void> {
  console.log((await closeWindow()) ? "The window's server has ended." : 'No window is open.');
  await must('node', 'test/sandbox/sandbox.ts', 'down');
}

/** Runs a program in the foreground; ends with its status if it fails, which has said why. */
async function must(program: string, ...args: string[]): Promise<void> {
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', env: process.env });
  const status = await new Promise<number>((ended, failed) => child.on('error', failed).on('exit', (code) => ended(code ?? 1)));
  if (status !== 0) process.exit(status);
}

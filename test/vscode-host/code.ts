/**
 * Stand-in for the `code` executable where VS Code cannot be downloaded or has no display: takes the arguments that @vscode/test-electron gives to
 * VS Code, and runs the suite in VS Code's own server and extension host with the workbench in a headless Chromium.
 *
 * usage: code [--install-extension=X.vsix] [--extensionDevelopmentPath=DIR] --extensionTestsPath=FILE [FOLDER]
 *
 * Environment: CODE_HOST_TRUST=1 keeps Workspace Trust on (Restricted Mode); CODE_HOST_TIMEOUT seconds until it gives up (default 600); CODE_HOST_OUT a
 * folder for the workbench's log and, on a time-out, a picture; CODE_HOST_CANARY a word that no log may hold. Exit status: the suite's; 96 if one does; 97 if the extension host died, 98 the page, 99 no result in time.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { launchBrowser, type PayloadEntry, remoteUri, workbenchUrl } from './browser.ts';
import { type RunningServer, startServer } from './server.ts';

/** Parts that the server does without: their absence is logged as an error and harms nothing. */
const HARMLESS = /Service Worker|native-watchdog/;

const LEAKED = 96;
const HOST_DIED = 97;
const PAGE_DIED = 98;
const NO_RESULT = 99;

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string', multiple: true },
    extensionTestsPath: { type: 'string' },
    'install-extension': { type: 'string', multiple: true },
    'user-data-dir': { type: 'string' },
    'extensions-dir': { type: 'string' },
  },
});
const texts = (value: unknown): string[] => [value].flat().filter((entry) => typeof entry === 'string');
const suite = texts(values['extensionTestsPath'])[0];
if (!suite) {
  console.error('The stand-in runs suites only: give --extensionTestsPath.');
  process.exit(64);
}
const out = process.env['CODE_HOST_OUT'];
const wrapper = fileURLToPath(new URL('suiteWrapper.cjs', import.meta.url));

let server: RunningServer | undefined;
let browser: Browser | undefined;
let ended = false;
async function end(status: number): Promise<void> {
  if (ended) return;
  ended = true;
  await browser?.close().catch(() => undefined);
  await server?.stop();
  process.exit(status);
}
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => void end(130));
// A reader that went away (`| head`) must leave no server behind.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => void end(141));
process.on('exit', () => server?.kill());

try {
  await end(await runSuite(suite));
} catch (error) {
  console.error(error);
  await end(1);
}

async function runSuite(tests: string): Promise<number> {
  const running = await startServer({
    smokeTestDriver: true,
    trust: process.env['CODE_HOST_TRUST'] === '1',
    settings: await givenSettings(),
    vsix: texts(values['install-extension']),
    env: (home) => ({
      CODE_HOST_SUITE: resolve(tests),
      CODE_HOST_CONSOLE: join(home, 'console.log'),
      CODE_HOST_DONE: join(home, 'done'),
    }),
  });
  server = running;
  const sink = join(running.home, 'console.log');
  await writeFile(sink, '');
  const following = follow(sink);
  browser = await launchBrowser();
  const page = await (
    await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'] })
  ).newPage();
  const log: string[] = [];
  const result = new Promise<number>((finish) => {
    page.on('crash', () => finish(PAGE_DIED));
    page.on('pageerror', (error) => log.push(`error: ${error.message}`));
    // The two hooks of VS Code's own integration tests in a browser.
    void page.exposeFunction(
      'codeAutomationLog',
      (type: string, args: unknown[]) => void log.push(`${type}: ${format(...args)}`),
    );
    void page.exposeFunction('codeAutomationExit', (status: number) => finish(status));
    const seconds = Number(process.env['CODE_HOST_TIMEOUT'] ?? 600);
    setTimeout(() => {
      console.error(`The suite gave no result within ${seconds} s.`);
      finish(NO_RESULT);
    }, seconds * 1000);
  });
  const folder = positionals.find((path) => existsSync(path));
  await page.goto(workbenchUrl(running, folder, await payload(running)));
  const status = await result;
  following.stop();
  const verdict = await judged(status, running.home);
  if (verdict !== 0)
    for (const line of log.filter((entry) => entry.startsWith('error:') && !HARMLESS.test(entry)).slice(0, 5))
      console.error(line.slice(0, 2000));
  if (out) {
    await mkdir(out, { recursive: true });
    await writeFile(join(out, 'workbench.log'), log.join('\n'));
    if (verdict === NO_RESULT) await page.screenshot({ path: join(out, 'no-result.png') }).catch(() => undefined);
  }
  return verdict;
}

/** The suite's own status, unless the host died under it or a log holds the canary. */
async function judged(status: number, home: string): Promise<number> {
  if (status !== 0) return status;
  if (!existsSync(join(home, 'done'))) {
    console.error('The extension host ended before the suite did.');
    return HOST_DIED;
  }
  const leaks = await logsWith(process.env['CODE_HOST_CANARY'], home);
  for (const file of leaks) console.error(`The canary is in ${file}.`);
  return leaks.length > 0 ? LEAKED : status;
}

async function logsWith(canary: string | undefined, home: string): Promise<string[]> {
  if (!canary) return [];
  const entries = await readdir(join(home, 'data/logs'), { recursive: true, withFileTypes: true });
  const files = [
    join(home, 'console.log'),
    ...entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)),
  ];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return files.filter((_, index) => texts[index]?.includes(canary));
}

/** Settings that the caller put into its user data folder. */
async function givenSettings(): Promise<Record<string, unknown>> {
  const file = join(texts(values['user-data-dir'])[0] ?? '', 'User/settings.json');
  return existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : {};
}

async function payload(running: RunningServer): Promise<PayloadEntry[]> {
  const folders = texts(values['extensionDevelopmentPath']);
  const developed = folders.length > 0 ? folders : [await emptyExtension(running.home)];
  return [
    ...developed.map((folder): PayloadEntry => ['extensionDevelopmentPath', remoteUri(running, folder)]),
    ['extensionTestsPath', remoteUri(running, wrapper)],
  ];
}

/** VS Code runs a suite only beside an extension under development: an empty one stands in, to test an installed package. */
async function emptyExtension(home: string): Promise<string> {
  const folder = join(home, 'empty');
  await mkdir(folder);
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'empty', publisher: 'code', version: '0.0.0', engines: { vscode: '*' } }),
  );
  return folder;
}

/** Prints what is appended to `file` until stopped. */
function follow(file: string): { stop(): void } {
  const descriptor = openSync(file, 'r');
  const buffer = Buffer.alloc(64 * 1024);
  const drain = () => {
    for (let size = readSync(descriptor, buffer); size > 0; size = readSync(descriptor, buffer))
      process.stdout.write(Buffer.from(buffer.subarray(0, size)));
  };
  const timer = setInterval(drain, 100);
  return {
    stop: () => {
      clearInterval(timer);
      drain();
      closeSync(descriptor);
    },
  };
}

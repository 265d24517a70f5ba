import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** What the harness fetches and writes; git-ignored. */
export const hostFolder = join(root, '.vscode-test/host');
export const screenshotFolder = join(root, '.vscode-test/screenshots');

/** VS Code as the npm package code-server carries it: the version of the package (4.139.1 is VS Code 1.139.1). */
export const CODE_SERVER = '4.139.1';
export const codeServerFolder = join(hostFolder, `code-server-${CODE_SERVER}`);
export const serverProgram = join(codeServerFolder, 'lib/vscode/out/server-main.js');

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser that shows the workbench: `CHROMIUM` from the environment, else the first known name on PATH. */
export function browserProgram(): string | undefined {
  return process.env['CHROMIUM'] ?? BROWSERS.map(onPath).find((found) => found !== undefined);
}

export function onPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
}

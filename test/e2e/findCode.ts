import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const standIn = fileURLToPath(new URL('../vscode-host/code', import.meta.url));

/**
 * Which VS Code runs the in-host suites: a path, or undefined for the one that @vscode/test-electron downloads.
 *
 * `CODE_EXECUTABLE` decides: a path, `download`, or `stand-in`. Without it: on Linux without a display, or where VS Code's update server does not
 * answer, the stand-in; elsewhere the download.
 */
export async function findCode(): Promise<string | undefined> {
  const wish = process.env['CODE_EXECUTABLE'];
  if (wish === 'download') return undefined;
  if (wish === 'stand-in') return standIn;
  if (wish) return resolve(wish);
  if (process.platform !== 'linux') return undefined;
  return process.env['DISPLAY'] && (await canDownload()) ? undefined : standIn;
}

async function canDownload(): Promise<boolean> {
  const request = fetch('https://update.code.visualstudio.com/api/releases/stable', { signal: AbortSignal.timeout(5000) });
  return request.then(
    (response) => response.ok,
    () => false,
  );
}

import { resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { browserProgram } from './places.ts';
import type { RunningServer } from './server.ts';

/** Pages that a test answers itself count as foreign for Chromium, which would then refuse them the loopback address. */
const DISABLED = 'LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets,Translate';

export function launchBrowser(): Promise<Browser> {
  const executablePath = browserProgram();
  if (!executablePath) throw new Error('No Chromium found: run node test/vscode-host/install.ts');
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
      `--disable-features=${DISABLED}`,
    ],
  });
}

/** Key and value as the workbench reads them from the page's address. */
export type PayloadEntry = readonly [key: string, value: string];

/** The page that shows `folder` (or a `.code-workspace` file, or an empty window). */
export function workbenchUrl(
  server: RunningServer,
  folder: string | undefined,
  payload: readonly PayloadEntry[] = [],
  token?: string,
): string {
  const url = new URL(server.url);
  if (token !== undefined) url.searchParams.set('tkn', token);
  if (folder === undefined) url.searchParams.set('ew', 'true');
  else url.searchParams.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', resolve(folder));
  if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

export const remoteUri = (server: RunningServer, path: string) => `vscode-remote://${server.authority}${resolve(path)}`;

/**
 * Loads the extension in `folder` as one under development into the page's next load, without the smoke-test driver (which hides notifications
 * and refuses modal dialogs): the workbench reads its options from an attribute of its page.
 */
export async function developExtension(page: Page, server: RunningServer, folder: string): Promise<void> {
  const path = resolve(folder);
  const extension = { $mid: 1, scheme: 'vscode-remote', authority: server.authority, path };
  await page.route(
    (url) => url.origin + url.pathname === server.url,
    async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(
        /(id="vscode-workbench-web-configuration" data-settings=")([^"]*)"/,
        (_, before, text) => {
          const options: Record<string, unknown> = JSON.parse(String(text).replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
          const changed = { ...options, developmentOptions: { extensions: [extension] } };
          return `${before}${JSON.stringify(changed).replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`;
        },
      );
      await route.fulfill({ response, body });
    },
  );
}

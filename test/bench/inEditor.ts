import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { findCode, standIn } from '../e2e/findCode.ts';
import { installHost } from '../vscode-host/install.ts';
import { root } from '../vscode-host/places.ts';

/** How a measuring suite is run. */
export interface InEditor {
  /** Path of the suite's source from the project's root; it writes JSON to the file that `BENCH_RESULT` names. */
  readonly suite: string;
  /** A folder that may be written to; it is also what the window shows. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A second extension: a folder, and how it is packaged where VS Code takes only one under development. */
  readonly beside?: { readonly folder: string; readonly packaged: () => Promise<string> };
}

/** Runs a suite in a fresh window of a real VS Code beside our extension and answers what it wrote. */
export async function inEditor<T>({ suite, folder, env = {}, beside }: InEditor): Promise<T> {
  const executable = await findCode();
  if (executable === standIn) await installHost();
  const result = join(folder, 'result.json');
  // The workbench in a browser takes one extension under development only; another comes packaged then.
  const packaged = executable === standIn ? await beside?.packaged() : undefined;
  await runTests({
    ...(executable ? { vscodeExecutablePath: executable } : { version: 'stable' }),
    extensionDevelopmentPath: packaged || !beside ? root : [root, beside.folder],
    extensionTestsPath: await bundle(suite, folder),
    launchArgs: [folder, ...(packaged ? [`--install-extension=${packaged}`] : [])],
    extensionTestsEnv: { ...env, BENCH_RESULT: result },
  });
  return JSON.parse(await readFile(result, 'utf8')) as T;
}

async function bundle(suite: string, folder: string): Promise<string> {
  const outfile = join(folder, 'suite.cjs');
  await build({
    absWorkingDir: root,
    entryPoints: [suite],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    external: ['vscode'],
  });
  return outfile;
}

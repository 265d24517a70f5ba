/**
 * The suites inside a real VS Code: in-host tests beside the sandbox, a folder that asks for contact in Restricted Mode and trusted, then what a person sees, driven through the browser.
 * Which VS Code: see findCode.ts.
 *
 * usage: e2e.ts [suite|restricted|trusted|ui …]
 */
import { existsSync, globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { playFiles } from '../playFiles.ts';
import { installHost } from '../vscode-host/install.ts';
import { root } from '../vscode-host/places.ts';
import { askingFolder } from './askingFolder.ts';
import { bundleSuite } from './bundleSuite.ts';
import { copyWorkspace } from './copyWorkspace.ts';
import { findCode, standIn } from './findCode.ts';
import { findSandbox, windowEnvironment } from './sandboxEnvironment.ts';

interface Run {
  readonly name: string;
  /** The folder under `test/e2e/` whose tests run. */
  readonly tests: string;
  /** Workspace Trust is on; @vscode/test-electron turns it off in the VS Code it starts, so this needs the stand-in. */
  readonly restricted?: true;
  /** Where the window opens, and what its extension host finds in its environment. */
  readonly scene: () => Promise<{ readonly folder: string; readonly env: Readonly<Record<string, string>> }>;
}

const RUNS: readonly Run[] = [
  { name: 'suite', tests: 'suite', scene: besideSandbox },
  {
    name: 'restricted',
    tests: 'trust',
    restricted: true,
    scene: () => asking({ HYBRID_TEST_TRUSTED: '0', CODE_HOST_TRUST: '1' }),
  },
  { name: 'trusted', tests: 'trust', scene: () => asking({ HYBRID_TEST_TRUSTED: '1' }) },
];

const wanted = process.argv.slice(2);
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
if (!existsSync(join(root, 'dist/extension.js'))) fail('dist/extension.js is not there: npm run build first.');
const sandbox = findSandbox() ?? fail('No sandbox is up (.sandbox/env.json): npm run sandbox -- up first.');

for (const run of RUNS.filter(({ name }) => isWanted(name))) await timed(run.name, () => inHost(run));
if (isWanted('ui')) await timed('ui', onScreen);

async function timed(name: string, run: () => Promise<boolean>): Promise<void> {
  const began = performance.now();
  const passed = await run();
  console.log(`${name}: ${passed ? 'passed' : 'failed'} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  if (!passed) process.exitCode = 1;
}

async function inHost({ name, tests, restricted, scene }: Run): Promise<boolean> {
  const executable = restricted ? standIn : await findCode();
  if (executable === standIn) await installHost();
  const { folder, env } = await scene();
  try {
    await runTests({
      ...(executable ? { vscodeExecutablePath: executable } : { version: 'stable' }),
      extensionDevelopmentPath: root,
      extensionTestsPath: await bundleSuite(tests),
      launchArgs: [folder],
      extensionTestsEnv: { ...env, CODE_HOST_OUT: join(root, '.vscode-test/output', name) },
    });
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return false;
  } finally {
    await rm(dirname(folder), { recursive: true, force: true });
  }
}

async function besideSandbox() {
  const { auditLog, kubectl } = sandbox.kubernetes;
  return {
    folder: await copyWorkspace(),
    env: { ...windowEnvironment(sandbox), HYBRID_TEST_AUDIT_LOG: auditLog, HYBRID_TEST_KUBECTL: kubectl },
  };
}

async function asking(more: Readonly<Record<string, string>>) {
  const { folder, env } = await askingFolder();
  return { folder, env: { ...env, ...more } };
}

async function onScreen(): Promise<boolean> {
  await installHost();
  return await playFiles(globSync('test/e2e/ui/*.test.ts', { cwd: root }).sort());
}

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}

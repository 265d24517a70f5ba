/**
 * The suites inside a real VS Code: in-host tests of a trusted window, the same in Restricted Mode, then what a person sees, driven through the browser.
 * Which VS Code: see findCode.ts.
 *
 * usage: e2e.ts [suite|restricted|ui …]
 */
import { spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { installHost } from '../vscode-host/install.ts';
import { root } from '../vscode-host/places.ts';
import { bundleSuite } from './bundleSuite.ts';
import { copyWorkspace } from './copyWorkspace.ts';
import { findCode, standIn } from './findCode.ts';
import { findSandbox, windowEnvironment } from './sandboxEnvironment.ts';

const SUITES = ['suite', 'restricted', 'ui'];

const wanted = process.argv.slice(2);
if (!existsSync(join(root, 'dist/extension.js'))) fail('dist/extension.js is not there: npm run build first.');
const sandbox = findSandbox() ?? fail('No sandbox is up (.sandbox/env.json): npm run sandbox -- up first.');

for (const suite of SUITES.filter((name) => wanted.length === 0 || wanted.includes(name))) {
  const began = performance.now();
  const passed = suite === 'ui' ? await runUi() : await runInHost(suite);
  console.log(`${suite}: ${passed ? 'passed' : 'failed'} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  if (!passed) process.exitCode = 1;
}

async function runInHost(suite: string): Promise<boolean> {
  const executable = await findCode();
  if (executable === standIn) await installHost();
  const folder = await copyWorkspace();
  try {
    await runTests({
      ...(executable ? { vscodeExecutablePath: executable } : { version: 'stable' }),
      extensionDevelopmentPath: root,
      extensionTestsPath: await bundleSuite(suite),
      launchArgs: [folder],
      extensionTestsEnv: {
        ...windowEnvironment(sandbox),
        ...(suite === 'restricted' ? { CODE_HOST_TRUST: '1' } : {}),
        HYBRID_TEST_AUDIT_LOG: sandbox.kubernetes.auditLog,
        HYBRID_TEST_KUBECTL: sandbox.kubernetes.kubectl,
        CODE_HOST_OUT: join(root, '.vscode-test/output', suite),
      },
    });
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return false;
  } finally {
    await rm(dirname(folder), { recursive: true, force: true });
  }
}

async function runUi(): Promise<boolean> {
  await installHost();
  const files = globSync('test/e2e/ui/*.test.ts', { cwd: root }).sort();
  const child = spawn(process.execPath, ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...windowEnvironment(sandbox) },
  });
  return new Promise((ended) => child.on('exit', (status) => ended(status === 0)));
}

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}

import { globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../vscode-host/places.ts';

/**
 * Bundles the in-host tests of `test/e2e/<name>/` one file each into `.vscode-test/suites/<name>/`, CommonJS as VS Code's test entry must be.
 * Answers the path of the entry.
 */
export async function bundleSuite(name: string): Promise<string> {
  const outdir = join(root, '.vscode-test/suites', name);
  await rm(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['test/e2e/runMocha.ts', ...globSync(`test/e2e/${name}/*.test.ts`, { cwd: root })],
    outdir,
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return join(outdir, 'runMocha.cjs');
}

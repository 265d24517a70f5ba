/**
 * What VS Code loads as `extensionTestsPath`: runs every bundled `*.test.cjs` beside it. The folder is this file's own once bundled.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

/** Rejects if a test failed, or if there was none. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, slow: 2000, color: false, grep: process.env['MOCHA_GREP'] || /./ });
  const files = readdirSync(__dirname).filter((name) => name.endsWith('.test.cjs'));
  for (const name of files.sort()) mocha.addFile(join(__dirname, name));
  const failures = await new Promise<number>((ended) => mocha.run(ended));
  if (files.length === 0 || failures > 0) throw new Error(`${failures} tests failed in ${files.length} files`);
}

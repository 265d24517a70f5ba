/** Packs what `dist/` holds into `hybrid-clusters.vsix`, and fails if the package is larger than promised or carries what nobody asked for. */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../', import.meta.url));
const BUDGET_KB = 1536;
const vsce = `${root}node_modules/@vscode/vsce/vsce`;
const run = (...args: string[]) => promisify(execFile)(process.execPath, [vsce, ...args], { cwd: root });

const { stdout } = await run('ls', '--no-dependencies');
const files = stdout.split('\n').filter((path) => path.trim() !== '');
const strangers = files.filter((path) => /\.map$|\.ts$|^(?:src|test|node_modules)\//.test(path));
await run(
  'package',
  '--no-dependencies',
  '--allow-missing-repository',
  '--no-rewrite-relative-links',
  '-o',
  'hybrid-clusters.vsix',
);
const size = (await stat(`${root}hybrid-clusters.vsix`)).size / 1024;
console.log(`hybrid-clusters.vsix: ${files.length} files, ${size.toFixed(0)} KB`);

const faults = [
  ...(size > BUDGET_KB ? [`The package has ${size.toFixed(0)} KB, more than ${BUDGET_KB}.`] : []),
  ...strangers.map((path) => `The package carries ${path}.`),
];
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;

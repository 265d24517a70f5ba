/**
 * Bundles the front doors of `src/` that exist into `dist/`: one esbuild call, ESM with code splitting, so that what two doors share is shipped once
 * and what is imported with `await import()` is loaded only then. Afterwards two rules are checked on the result, and a breach fails the build:
 * no path from the server or the command line leads to `vscode`, and what the editor loads to activate stays within its budget.
 *
 * usage: build.ts [--watch]
 */
import { existsSync } from 'node:fs';
import { chmod, readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, context, type Metafile, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));
const ACTIVATION_BUDGET_KB = 150;
const DOORS = ['extension', 'server', 'cli'] as const;
/** The doors that run in a plain Node process, where the module `vscode` does not exist. */
const PLAIN_DOORS = ['server', 'cli'] as const;

/** CommonJS dependencies call `require` for Node's own modules (and the language client for `vscode`); an ES module has none unless given one. */
const REQUIRE =
  "import { createRequire as hybridCreateRequire } from 'node:module'; const require = hybridCreateRequire(import.meta.url);";

const options: BuildOptions & { metafile: true } = {
  absWorkingDir: root,
  entryPoints: DOORS.map((door) => `src/${door}.ts`).filter((entry) => existsSync(root + entry)),
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  // A package that offers an ES module is taken as one, so that what is not used falls away.
  mainFields: ['module', 'main'],
  conditions: ['node', 'import', 'module'],
  external: ['vscode'],
  banner: { js: REQUIRE },
  minify: true,
  keepNames: false,
  sourcemap: 'linked',
  sourcesContent: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

/** Paths of `dist/` that a bundle loads at once, itself included: its static imports, theirs, and so on. `lazy` adds what it may load later. */
function reached({ outputs }: Metafile, entry: string, lazy: boolean): string[] {
  const seen = new Set<string>();
  const walk = (path: string): void => {
    const output = outputs[path];
    if (!output || seen.has(path)) return;
    seen.add(path);
    for (const found of output.imports) if (lazy || found.kind !== 'dynamic-import') walk(found.path);
  };
  walk(entry);
  return [...seen];
}

function importsOfVscode(meta: Metafile): string[] {
  return PLAIN_DOORS.flatMap((door) =>
    reached(meta, `dist/${door}.js`, true).flatMap((path) =>
      meta.outputs[path]?.imports.some((found) => found.path === 'vscode')
        ? [`dist/${door}.js reaches an import of "vscode" in ${path}, made from ${sourcesOf(meta, path)}`]
        : [],
    ),
  );
}

const sourcesOf = ({ outputs }: Metafile, path: string) =>
  Object.keys(outputs[path]?.inputs ?? {})
    .filter((input) => input.startsWith('src/') || input.includes('vscode-languageclient'))
    .slice(0, 5)
    .join(', ');

/** Kilobytes of JavaScript that must be read before `activate` can be called. */
function activationKilobytes(meta: Metafile): number {
  return reached(meta, 'dist/extension.js', false).reduce((sum, path) => sum + (meta.outputs[path]?.bytes ?? 0), 0) / 1024;
}

function breaches(meta: Metafile): string[] {
  const size = activationKilobytes(meta);
  const heavy =
    size > ACTIVATION_BUDGET_KB
      ? [`activation loads ${size.toFixed(0)} KB, more than ${ACTIVATION_BUDGET_KB}: ${heaviest(meta)}`]
      : [];
  return [...importsOfVscode(meta), ...heavy];
}

function heaviest(meta: Metafile): string {
  const sizes = new Map<string, number>();
  for (const path of reached(meta, 'dist/extension.js', false))
    for (const [input, { bytesInOutput }] of Object.entries(meta.outputs[path]?.inputs ?? {})) {
      const owner = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? input;
      sizes.set(owner, (sizes.get(owner) ?? 0) + bytesInOutput);
    }
  const sorted = [...sizes].sort(([, left], [, right]) => right - left).slice(0, 12);
  return sorted.map(([name, bytes]) => `${name} ${(bytes / 1024).toFixed(0)} KB`).join(', ');
}

function report(meta: Metafile): void {
  const total = Object.entries(meta.outputs).filter(([path]) => path.endsWith('.js'));
  const bytes = total.reduce((sum, [, output]) => sum + output.bytes, 0);
  console.log(
    `dist: ${total.length} files, ${(bytes / 1024).toFixed(0)} KB; activation loads ${activationKilobytes(meta).toFixed(1)} KB`,
  );
}

const checks: Plugin = {
  name: 'checks',
  setup: ({ onEnd }) =>
    onEnd(({ metafile }) => {
      if (!metafile) return undefined;
      report(metafile);
      return { errors: breaches(metafile).map((text) => ({ text })) };
    }),
};

if (process.argv.includes('--watch')) {
  await (await context({ ...options, plugins: [checks] })).watch();
} else {
  await rm(`${root}dist`, { recursive: true, force: true });
  try {
    await build({ ...options, plugins: [checks] });
  } catch {
    // esbuild has printed each error already.
    process.exit(1);
  }
  if (existsSync(`${root}dist/cli.js`)) await makeProgram(`${root}dist/cli.js`);
}

/** `bin` of package.json names the file itself, so the system must know what runs it. */
async function makeProgram(path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  if (!text.startsWith('#!')) {
    console.error('dist/cli.js has no #! line: src/cli.ts must begin with one.');
    process.exit(1);
  }
  await chmod(path, 0o755);
}

/**
 * Bundles the front doors of `src/` into `dist/`, ESM. What the editor loads to activate is one file: VS Code's loader takes some 2 ms for each module, so a door in fourteen
 * pieces opens slowly. What it imports with `await import()` stands in `dist/lazy/`, built with the other doors and with code splitting, so that what these share is
 * shipped once; the little that activation shares with them is shipped twice. Afterwards two rules are checked on the result, and a breach fails the build: no path
 * from the server or the command line leads to `vscode`, and what the editor loads to activate stays within its budget.
 *
 * usage: build.ts [--watch]
 */
import { watch } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));
const ACTIVATION_BUDGET_KB = 150;
/** The doors that run in a plain Node process, where the module `vscode` does not exist. */
const PLAIN_DOORS = ['server', 'cli'] as const;

/** CommonJS dependencies call `require` for Node's own modules (and the language client for `vscode`); an ES module has none unless given one. */
const REQUIRE =
  "import { createRequire as hybridCreateRequire } from 'node:module'; const require = hybridCreateRequire(import.meta.url);";

const shared = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  // A package that offers an ES module is taken as one, so that what is not used falls away.
  mainFields: ['module', 'main'],
  conditions: ['node', 'import', 'module'],
  external: ['vscode'],
  // Its modules for browsers are the same source as ES modules: as CommonJS each call would go through a getter, and nothing would fall away.
  alias: { yaml: './node_modules/yaml/browser/index.js' },
  banner: { js: REQUIRE },
  minify: true,
  keepNames: false,
  sourcemap: 'linked',
  sourcesContent: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Leaves out what is imported with `await import()`, and collects it: name below `dist/lazy/` → module. */
function leaveOutLazy(lazy: Map<string, string>): Plugin {
  return {
    name: 'leave-out-lazy',
    setup: (run) =>
      run.onResolve({ filter: /.*/ }, async ({ path, kind, resolveDir, importer }) => {
        if (kind !== 'dynamic-import') return undefined;
        const { path: found, errors } = await run.resolve(path, { kind: 'import-statement', resolveDir, importer });
        if (errors.length > 0) return { errors };
        const name = path.startsWith('.') ? basename(found, '.ts') : path.replaceAll('/', '-');
        lazy.set(`lazy/${name}`, found);
        return { path: `./lazy/${name}.js`, external: true };
      }),
  };
}

async function buildAll(): Promise<Metafile> {
  await rm(`${root}dist`, { recursive: true, force: true });
  const lazy = new Map<string, string>();
  const door = await build({ ...shared, entryPoints: ['src/extension.ts'], plugins: [leaveOutLazy(lazy)] });
  const others = await build({
    ...shared,
    entryPoints: { ...Object.fromEntries(PLAIN_DOORS.map((name) => [name, `src/${name}.ts`])), ...Object.fromEntries(lazy) },
    chunkNames: 'chunks/[name]-[hash]',
    splitting: true,
  });
  // The page of a map runs in a browser: no module of Node is there, and an import of one fails the build.
  await build({
    ...shared,
    entryPoints: ['src/webview/map.ts'],
    outdir: 'dist/webview',
    format: 'iife',
    platform: 'browser',
    target: 'chrome142',
    banner: {},
  });
  await chmod(`${root}dist/cli.js`, 0o755);
  return {
    inputs: { ...door.metafile.inputs, ...others.metafile.inputs },
    outputs: { ...door.metafile.outputs, ...others.metafile.outputs },
  };
}

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

/** True if all is well. */
async function run(): Promise<boolean> {
  try {
    const meta = await buildAll();
    report(meta);
    const found = breaches(meta);
    for (const breach of found) console.error(breach);
    return found.length === 0;
  } catch {
    // esbuild has printed each error already.
    return false;
  }
}

const good = await run();
if (process.argv.includes('--watch')) {
  let waiting: NodeJS.Timeout | undefined;
  watch(`${root}src`, { recursive: true }, () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void run(), 100);
  });
} else if (!good) process.exitCode = 1;

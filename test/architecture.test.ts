/** Every import of `src/` against the table in `src/README.md`, and a few words that must not stand anywhere in it. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, posix } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../src/', import.meta.url));
const sources = globSync('**/*.ts', { cwd: src }).sort();
const text = (path: string) => readFileSync(src + path, 'utf8');
const code = (path: string) => withoutComments(text(path));

/** Modules of Node that reach out of the process. */
const REACHING = [
  'fs',
  'http',
  'https',
  'http2',
  'net',
  'tls',
  'dgram',
  'dns',
  'child_process',
  'worker_threads',
  'cluster',
  'os',
];
const NETWORK = ['http', 'https', 'http2', 'net', 'dgram'];

interface Import {
  readonly from: string;
  /** A path under `src/`, or the name of a package or a Node module as it is written. */
  readonly to: string;
}

describe('who may import what', () => {
  const table = readTable();

  test('every file has a row in the table', () => {
    assert.ok(sources.length > 0);
    assert.deepEqual(
      sources.filter((path) => !rowOf(table, path)),
      [],
    );
  });

  test('every row of the table stands for something that exists', () => {
    const stale = [...table.keys()].filter(
      (who) => !sources.some((path) => path === who || (who.endsWith('/') && path.startsWith(who))),
    );
    assert.deepEqual(stale, []);
  });

  test('every import is in its row', () => {
    const breaches = imports().filter((found) => !allowed(table, found));
    assert.deepEqual(
      breaches.map(({ from, to }) => `${from} imports ${to}`),
      [],
    );
  });

  test('every import names something that exists', () => {
    const dangling = imports().filter(({ to }) => to.endsWith('.ts') && !sources.includes(to));
    assert.deepEqual(
      dangling.map(({ from, to }) => `${from} imports ${to}`),
      [],
    );
  });

  test('a wrong import would be seen', () => {
    const [from, to] = ['openstack/client.ts', 'kubernetes/cluster.ts'];
    assert.equal(allowed(table, { from, to }), false);
    assert.equal(allowed(table, { from: 'manifest/check.ts', to: 'vscode' }), false);
    assert.equal(allowed(table, { from: 'manifest/check.ts', to: 'node:fs' }), false);
    assert.equal(allowed(table, { from: 'manifest/check.ts', to: 'openstack/project.ts' }), false);
    assert.equal(allowed(table, { from: 'manifest/check.ts', to: 'openstack/lookup.ts' }), true);
    assert.deepEqual(
      specifiers("import a, { b } from './a.ts';\nexport type * from 'b';\nconst c = await import('c');\nimport 'd';"),
      ['./a.ts', 'b', 'c', 'd'],
    );
  });
});

describe('what must not stand in src', () => {
  const bans: readonly { readonly what: string; readonly pattern: RegExp; readonly except?: RegExp }[] = [
    { what: 'the console, which bypasses the redacting log', pattern: /(?<![.\w])console\s*\.\s*\w+/, except: /^cli\.ts$/ },
    {
      what: 'a shell',
      pattern: /\bshell\s*:\s*(?:true|['"])|\bexecSync\b|\bimport\s*\{[^}]*\bexec\b[^}]*\}\s*from\s*'node:child_process'/,
    },
    {
      // The one place that does what `verify: false` of a clouds.yaml or `insecure-skip-tls-verify` of a kubeconfig asks for.
      what: 'a certificate check turned off in code',
      pattern: /\brejectUnauthorized\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED/,
      except: /^base\/agents\.ts$/,
    },
    { what: 'code made from text', pattern: /\beval\s*\(|\bnew\s+Function\s*\(/ },
    {
      what: 'a way around the type checker',
      pattern: /\bas\s+any\b|:\s*any\b|\bas\s+unknown\s+as\b|@ts-(?:ignore|expect-error|nocheck)/,
    },
    { what: 'a call of fetch outside of base', pattern: /(?<![.\w])fetch\s*\(/, except: /^base\// },
    { what: 'a promise of later work', pattern: /\b(?:TODO|FIXME|XXX)\b/ },
  ];
  for (const { what, pattern, except } of bans)
    test(what, () => {
      const found = sources.filter(
        (path) => !except?.test(path) && pattern.test(what === 'a promise of later work' ? text(path) : code(path)),
      );
      assert.deepEqual(found, []);
    });

  test('a network module of Node outside of base', () => {
    const found = imports().filter(({ from, to }) => !from.startsWith('base/') && NETWORK.some((name) => to === `node:${name}`));
    assert.deepEqual(found, []);
  });
});

/** Path or folder → what its row names. */
function readTable(): Map<string, readonly string[]> {
  const section = text('README.md').split('## Who may import what')[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| (`[^|]+`) \|([^|]*)\|$/gm)];
  const names = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');
  return new Map(rows.map(([, who = '', may = '']) => [names(who)[0] ?? '', names(may)]));
}

function rowOf(table: Map<string, readonly string[]>, path: string): [who: string, may: readonly string[]] | undefined {
  const rows = [...table].filter(([who]) => matches(who, path));
  return rows.sort(([left], [right]) => right.length - left.length)[0];
}

const matches = (entry: string, path: string) =>
  entry.endsWith('/') ? path.startsWith(entry) : path === entry || path.startsWith(`${entry}/`);

function allowed(table: Map<string, readonly string[]>, { from, to }: Import): boolean {
  const module = to.startsWith('node:') ? to.slice(5).split('/')[0] : undefined;
  if (module !== undefined && !REACHING.includes(module)) return true;
  const [who, may] = rowOf(table, from) ?? ['', []];
  const own = to.endsWith('.ts') && to.split('/')[0] === who.split('/')[0] && to.includes('/');
  return own || may.some((entry) => (entry === 'node:' ? module !== undefined : matches(entry, to)));
}

function imports(): Import[] {
  return sources.flatMap((from) => specifiers(code(from)).map((specifier) => ({ from, to: resolved(from, specifier) })));
}

function resolved(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(dirname(from), specifier));
  return builtinModules.includes(specifier) ? `node:${specifier}` : specifier;
}

function specifiers(source: string): string[] {
  const pattern =
    /\b(?:import|export)\b[^'"`;()]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]/gm;
  return [...source.matchAll(pattern)].map(([, from, dynamic, bare]) => from ?? dynamic ?? bare ?? '');
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(,])\/\/.*$/gm, '');
}

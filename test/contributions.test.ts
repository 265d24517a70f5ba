/** What package.json promises against what the code and the files beside it hold, and the other way round. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { objectActions, objectWords } from '../src/kubernetes/objectActions.ts';
import { actions } from '../src/openstack/actions/actions.ts';
import { actionWords } from '../src/openstack/actions/actionWords.ts';
import { kindIds, kindOf } from '../src/openstack/kinds/kinds.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string) => readFileSync(root + path, 'utf8');
const PREFIX = 'hybridClusters.';

interface MenuEntry {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
}
interface Setting {
  readonly default?: unknown;
  readonly scope?: string;
  readonly markdownDescription?: string;
}
interface Manifest {
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category?: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsContainers: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when?: string }[];
    readonly submenus: readonly { readonly id: string }[];
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
    readonly keybindings?: readonly { readonly command: string; readonly when?: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
  };
}

const manifestText = read('package.json');
const manifest: Manifest = JSON.parse(manifestText);
const { contributes } = manifest;
const nls: Readonly<Record<string, string>> = JSON.parse(read('package.nls.json'));
const code = globSync('src/**/*.ts', { cwd: root }).map(read).join('\n');

const commands = contributes.commands.map(({ command }) => command);
const views = Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id));
const settings = Object.keys(contributes.configuration.properties);
const menuEntries = Object.entries(contributes.menus).flatMap(([menu, entries]) => entries.map((entry) => ({ menu, ...entry })));
const whens = [...menuEntries, ...(contributes.keybindings ?? []), ...contributes.viewsWelcome].flatMap(({ when }) =>
  when === undefined ? [] : [when],
);
const matches = (text: string, pattern: RegExp) =>
  [...new Set([...text.matchAll(pattern)].map(([, found = '']) => found))].sort();
const missing = (wanted: readonly string[], there: readonly string[]) => wanted.filter((name) => !there.includes(name));

describe('commands', () => {
  test('each is in the table of handlers, and each handler is declared', () => {
    assert.deepEqual(handlers(), [...commands].sort());
  });
  test('each has our category', () => {
    assert.deepEqual(
      contributes.commands.filter(({ category = '' }) => resolved(category) !== 'Hybrid Clusters'),
      [],
    );
  });
  test('menus, keys and welcome views name declared ones', () => {
    const named = [...menuEntries, ...(contributes.keybindings ?? [])].flatMap(({ command }) => command ?? []);
    const linked = contributes.viewsWelcome.flatMap(({ contents }) =>
      matches(resolved(contents), /\(command:(hybridClusters\.\w+)/g),
    );
    assert.deepEqual(missing([...named, ...linked], commands), []);
  });
  test('stand in menus of ours only below a submenu that is shown', () => {
    const ours = (names: readonly string[]) => names.filter((name) => name.startsWith(PREFIX)).sort();
    const declared = contributes.submenus.map(({ id }) => id).sort();
    const shown = menuEntries.flatMap(({ submenu }) => submenu ?? []);
    assert.deepEqual([ours(Object.keys(contributes.menus)), ours(shown)], [declared, declared]);
  });
  test('of an action bear its words', () => {
    assert.deepEqual(Object.keys(actions).sort(), [...actionWords].sort());
    const begins = (word: string, title: string) => (nls[`command.${word}`] ?? '').startsWith(title.replace(/ .*|…/, ''));
    assert.deepEqual(
      [
        ...actionWords.filter((word) => !begins(word, actions[word].title)),
        ...objectWords.filter((word) => !begins(word, objectActions[word].title)),
      ],
      [],
    );
  });
  test('the code calls declared ones', () => {
    assert.deepEqual(
      missing(matches(code, /(?:executeCommand\(\s*|command:\s*|command:)['"`]?(hybridClusters\.\w+)['"`?]/g), commands),
      [],
    );
  });
});

describe('views', () => {
  test('each is made in code', () => {
    const made = (id: string) =>
      code.includes(`'${id}'`) || (code.includes(`\`${PREFIX}\${`) && code.includes(`'${id.slice(PREFIX.length)}'`));
    assert.deepEqual(
      views.filter((id) => !made(id)),
      [],
    );
  });
  test('each container exists', () => {
    const containers = Object.values(contributes.viewsContainers).flatMap((list) => list.map(({ id }) => id));
    assert.deepEqual(missing(Object.keys(contributes.views), containers), []);
  });
  test('welcome texts belong to one', () => {
    assert.deepEqual(
      missing(
        contributes.viewsWelcome.map(({ view }) => view),
        views,
      ),
      [],
    );
  });
});

describe('settings', () => {
  test('each is read in code, and each that is read is declared', () => {
    const table = /settingReaders = \{([\s\S]*?)\n\}/.exec(read('src/host/settings.ts'))?.[1] ?? '';
    const readers = matches(table, /^ {2}'?([\w.]+)'?:/gm).map((key) => PREFIX + key);
    assert.deepEqual(readers, [...settings].sort());
  });
  test('each has a default, a scope and a sentence', () => {
    const properties = Object.entries(contributes.configuration.properties);
    const poor = properties.filter(
      ([, { scope, markdownDescription, ...rest }]) => !('default' in rest) || !scope || !markdownDescription,
    );
    assert.deepEqual(
      poor.map(([key]) => key),
      [],
    );
  });
  test('the ones kept from untrusted folders exist', () => {
    assert.deepEqual(missing(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, settings), []);
  });
});

describe('when clauses', () => {
  test('name declared views', () => {
    assert.deepEqual(missing(matches(whens.join('\n'), /\bview\s*==\s*'?([\w.]+)/g), views), []);
  });
  test('name declared settings', () => {
    assert.deepEqual(missing(matches(whens.join('\n'), /\bconfig\.(hybridClusters\.[\w.]+)/g), settings), []);
  });
  test('name context keys that the code sets', () => {
    const keys = matches(
      whens.join('\n').replaceAll(/\b(?:view|activeViewlet)\s*==\s*\S+|\bconfig\.\S+/g, ''),
      /(?<![\w./^])(hybridClusters\.\w+)/g,
    );
    assert.deepEqual(
      keys.filter((key) => !code.includes(`'${key}'`)),
      [],
    );
  });
  test('ask for words that a row can have', () => {
    const words = matches(whens.join('\n'), /\bcan:(\w+)/g);
    assert.ok(words.length > 0);
    assert.deepEqual(
      words.filter((word) => !new RegExp(`['"\`](?:can:)?${word}['"\`]|\\bcan:${word}\\b|\\b${word}:`).test(code)),
      [],
    );
  });
  test('offer every word that the catalog gives a kind', () => {
    const given = new Set(kindIds.flatMap((id) => kindOf(id).can ?? []));
    assert.deepEqual(missing([...given], matches(whens.join('\n'), /\bcan:(\w+)/g)), []);
  });
});

describe('texts and files', () => {
  test('every key resolves, and every text is used', () => {
    assert.deepEqual(matches(manifestText, /"%([^%"]+)%"/g), Object.keys(nls).sort());
  });
  test('every file named is there', () => {
    const named = matches(manifestText, /"((?:\.\/)?(?:media|syntaxes)\/[^"]+)"/g);
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((path) => !existsSync(root + path)),
      [],
    );
  });
});

/** Ids in `src/commands/index.ts`, the table id → handler. */
function handlers(): string[] {
  const file = 'src/commands/index.ts';
  if (!existsSync(root + file)) return [];
  const written = matches(read(file), /['"`](hybridClusters\.\w+)['"`]/g);
  return [...written, ...[...actionWords, ...objectWords].map((word) => PREFIX + word)].sort();
}

function resolved(text: string): string {
  return text.replaceAll(/%([^%]+)%/g, (_, key: string) => nls[key] ?? '');
}

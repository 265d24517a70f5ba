/** Side by side with the Kubernetes extension: nothing clashes, and what its users reach for is here. Its facts are those of its package.json and source (`source` in the fixture). */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string) => readFileSync(root + path, 'utf8');

interface Peer {
  readonly commands: Readonly<Record<string, string>>;
  readonly views: readonly string[];
  readonly viewsContainers: readonly string[];
  readonly schemes: readonly string[];
  readonly settings: readonly string[];
  readonly languages: readonly string[];
  readonly contextKeys: readonly string[];
  readonly keybindings: readonly string[];
}
interface Ours {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsContainers: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly keybindings: readonly { readonly key: string; readonly mac?: string }[];
    readonly languages?: readonly { readonly id: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

const peer: Peer = JSON.parse(read('test/fixtures/peers/vscode-kubernetes-tools.json'));
const { activationEvents, contributes }: Ours = JSON.parse(read('package.json'));
const titles: Readonly<Record<string, string>> = JSON.parse(read('package.nls.json'));
const code = globSync('src/**/*.ts', { cwd: root }).map(read).join('\n');
const ids = (groups: Readonly<Record<string, readonly { readonly id: string }[]>>) =>
  Object.values(groups).flatMap((list) => list.map(({ id }) => id));
const ourTitles = contributes.commands.map(({ title }) => titles[title.replaceAll('%', '')] ?? title);

/** Rows of the README's table: titles there, title here. */
const rows = (/## Coming from the Kubernetes extension\n([\s\S]*?)\n## /.exec(read('README.md'))?.[1] ?? '')
  .split('\n')
  .flatMap((line) => {
    const [, theirs, ours] = /^\| ([^|]+) \| ([^|]+) \|$/.exec(line) ?? [];
    return theirs === undefined || ours === undefined || theirs === 'Kubernetes' ? [] : [{ theirs: theirs.split(', '), ours }];
  });

/** What its users reach for most; what is not here has no counterpart (`minikube`, `docker build`, chart authoring). */
const reachedFor = `
  Apply, Create, Delete, Get, Load, Explain, Describe, Logs, Terminal, Exec, Debug (Attach), Port Forward, Scale, Show Events, Follow Events, Use Namespace,
  Set as Current Cluster, Set Kubeconfig, Show Cluster Info, Copy Name, Diff, Refresh, Run CronJob Now, Get Release, Merge into Kubeconfig`
  .trim()
  .split(/,\s+/);

describe('beside the Kubernetes extension', () => {
  const clashes: readonly (readonly [what: string, ours: readonly string[], theirs: readonly string[]])[] = [
    ['command', contributes.commands.map(({ command }) => command), Object.keys(peer.commands)],
    ['view', ids(contributes.views), peer.views],
    ['view container', ids(contributes.viewsContainers), peer.viewsContainers],
    ['key', contributes.keybindings.flatMap(({ key, mac = '' }) => [key, mac]), peer.keybindings],
    ['language', (contributes.languages ?? []).map(({ id }) => id), peer.languages],
    ['setting', Object.keys(contributes.configuration.properties).map((id) => id.split('.')[0] ?? ''), peer.settings],
    ['scheme', [...code.matchAll(/Scheme = '([^']+)'/g)].map(([, scheme = '']) => scheme), peer.schemes],
    ['file system', activationEvents.map((event) => event.replace(/^onFileSystem:/, '')), peer.schemes],
    ['context key', [...code.matchAll(/'setContext',\s*'([^']+)'/g)].map(([, key = '']) => key), peer.contextKeys],
  ];
  for (const [what, ours, theirs] of clashes)
    test(`no ${what} of the two is the same`, () => {
      assert.deepEqual(
        ours.filter((id) => theirs.includes(id)),
        [],
      );
      assert.ok(theirs.length > 0 && (what === 'language' || ours.length > 0), `nothing is compared: ${ours} and ${theirs}`);
    });
});

describe('the table of the README', () => {
  test('names commands that both have', () => {
    const unknown = rows.flatMap(({ theirs, ours }) => [
      ...theirs.filter((title) => !Object.values(peer.commands).includes(title)),
      ...[ours].filter((title) => !ourTitles.includes(title)),
    ]);
    assert.deepEqual(unknown, []);
  });

  test('has everything that users reach for', () => {
    const named = rows.flatMap(({ theirs }) => theirs);
    assert.deepEqual(
      reachedFor.filter((title) => !named.includes(title)),
      [],
    );
  });
});

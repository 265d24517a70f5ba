import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createHttp } from '../../src/base/http.ts';
import type { Contexts } from '../../src/kubernetes/cluster.ts';
import { parseKubeconfig } from '../../src/kubernetes/kubeconfig.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { readPlainYaml } from '../../src/kubernetes/plainYaml.ts';

const pem = Buffer.from('-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n').toString('base64');
const cluster = (name: string, more = '') => `- name: ${name}\n  cluster: {server: "https://${name}.example:6443"${more}}`;
const user = (name: string, more = 'token: t') => `- name: ${name}\n  user: {${more}}`;
const context = (name: string, of: string, by: string) =>
  `- name: ${name}\n  context: {cluster: ${of}, user: ${by}, namespace: shop}`;
const config = (contexts: string[], clusters: string[], users: string[], current = '') =>
  `apiVersion: v1\nkind: Config\ncurrent-context: "${current}"\ncontexts:\n${contexts.join('\n')}\nclusters:\n${clusters.join('\n')}\nusers:\n${users.join('\n')}\n`;

/** The list of contexts as text: name, server, user, then what is wrong. */
async function listed(files: Readonly<Record<string, string>>, order = Object.keys(files)): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  const http = createHttp();
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const env = { KUBECONFIG: order.map((name) => join(folder, name)).join(':') };
    const contexts = openContexts({ http, env, mayRun: async () => false });
    const { contexts: all, current, problems } = await contexts.list();
    contexts.dispose();
    const rows = all.map(({ name, server, user, problem }) =>
      [name, server, user, problem && `! ${problem.message}`].filter(Boolean).join(' '),
    );
    const text = [`current ${current ?? '-'}`, ...rows, ...problems.map(({ message }) => `! ${message}`)].join('\n');
    return text.replaceAll(`${folder}/`, '');
  } finally {
    http.dispose();
    await rm(folder, { recursive: true });
  }
}

describe('kubeconfig', () => {
  it('is merged as kubectl merges it: the first of a name wins, a missing file is skipped, the first current-context counts', async () => {
    const files = {
      dev: config([context('dev', 'a', 'u')], [cluster('a')], [user('u')], 'dev'),
      prod: config(
        [context('prod', 'a', 'u'), context('dev', 'b', 'u')],
        [cluster('a', ', insecure-skip-tls-verify: true'), cluster('b')],
        [],
        'prod',
      ),
    };
    assert.equal(
      await listed(files, ['dev', 'missing', 'prod']),
      'current dev\ndev https://a.example:6443 u\nprod https://a.example:6443 u',
    );
  });

  it('isolates what is broken', async () => {
    const files = {
      broken: 'apiVersion: [\n',
      main: config(
        [context('good', 'a', 'u'), context('dangling', 'a', 'kim'), context('nowhere', 'x', 'u'), context('damaged', 'd', 'u')],
        [cluster('a', `, certificate-authority-data: ${pem}`), cluster('d', ', certificate-authority-data: "%%%"')],
        [user('u')],
        'good',
      ),
    };
    assert.equal(
      await listed(files),
      `current good
good https://a.example:6443 u
dangling https://a.example:6443 kim ! Context dangling names user kim, which no kubeconfig defines (main, line 7). The other contexts are fine.
nowhere u ! Context nowhere names cluster x, which no kubeconfig defines (main, line 9). The other contexts are fine.
damaged https://d.example:6443 u ! Context damaged uses d, whose certificate-authority-data is damaged (main, line 11). The other contexts are fine.
! broken is not valid YAML (line 2). Its contexts are left out.`,
    );
  });

  /** What stands in the entry, and whether the context can be used with it. */
  const DATA: readonly (readonly [what: string, ofCluster: string, ofUser: string, damaged: string])[] = [
    ['an empty one', ', certificate-authority-data: ""', 'token: t', ''],
    ['one without a value', ', certificate-authority-data:', 'token: t', ''],
    ['an empty one of a user', '', 'token: t, client-certificate-data: "", client-key-data: null', ''],
    [
      'one that is no base64',
      ', certificate-authority-data: "%%%"',
      'token: t',
      'a, whose certificate-authority-data is damaged',
    ],
    ['one that is blank', ', certificate-authority-data: " "', 'token: t', 'a, whose certificate-authority-data is damaged'],
    ['a number', ', certificate-authority-data: 0', 'token: t', 'a, whose certificate-authority-data is damaged'],
    ['a key of a user without a head', '', `token: t, client-key-data: ${btoa('x')}`, 'u, whose client-key-data is damaged'],
  ];
  for (const [what, ofCluster, ofUser, damaged] of DATA)
    it(`takes a certificate for ${damaged ? 'damaged' : 'none'}: ${what}`, async () => {
      const text = config([context('dev', 'a', 'u')], [cluster('a', ofCluster)], [user('u', ofUser)]);
      const trouble = damaged && ` ! Context dev uses ${damaged} (config, line 5). The other contexts are fine.`;
      assert.equal(await listed({ config: text }), `current -\ndev https://a.example:6443 u${trouble}`);
    });

  it('reads five hundred contexts with their certificates by lines, not by the YAML library', () => {
    const data = Buffer.from(`-----BEGIN CERTIFICATE-----\n${'x'.repeat(1100)}\n-----END CERTIFICATE-----\n`).toString('base64');
    const many = Array.from({ length: 500 }, (_, index) => `c${index}`);
    const list = (of: string, lines: string) =>
      `${of}s:\n${many.map((one) => `- ${of}:\n${lines.replaceAll('NAME', one)}\n  name: ${one}`).join('\n')}`;
    const text = [
      'apiVersion: v1',
      list('cluster', `    certificate-authority-data: ${data}\n    server: https://NAME.example:6443`),
      list('context', '    cluster: NAME\n    user: NAME'),
      'current-context: c7\nkind: Config\npreferences: {}',
      list('user', `    client-certificate-data: ${data}\n    client-key-data: ${data}`),
    ].join('\n');
    assert.ok(readPlainYaml(text));
    const read = parseKubeconfig(text, 'many');
    assert.ok(read.ok);
    assert.deepEqual([read.value.contexts.length, read.value.users.length, read.value.current], [500, 500, 'c7']);
  });
});

describe('a folder of kubeconfigs', () => {
  it('counts as all kubeconfigs in it, those that come later too; keys and notes beside them are no trouble', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kubeconfigs-'));
    const one = (name: string) => config([context(name, name, name)], [cluster(name)], [user(name)]);
    const http = createHttp();
    await writeFile(join(folder, 'notes.md'), 'Our clusters: see the wiki.');
    await writeFile(join(folder, 'ca.crt'), '-----BEGIN CERTIFICATE-----');
    const contexts = openContexts({
      http,
      env: {},
      home: '/nonexistent',
      extraFiles: [folder],
      mayRun: async () => false,
      watch: true,
    });
    try {
      const names = async () => (await contexts.list()).contexts.map(({ name }) => name).join(' ');
      assert.equal(await names(), '');
      const changed = new Promise<void>((resolve) => contexts.onDidChange(resolve));
      await writeFile(join(folder, 'b.yaml'), one('b'));
      await writeFile(join(folder, 'a'), one('a'));
      await writeFile(join(folder, 'broken'), 'clusters: [');
      await changed;
      assert.equal(await names(), 'a b');
      assert.match((await contexts.list()).problems.map(({ message }) => message).join(), /broken is not valid YAML/);
    } finally {
      contexts.dispose();
      http.dispose();
      await rm(folder, { recursive: true });
    }
  });
});

describe('a home without a kubeconfig', () => {
  const text = config([context('dev', 'a', 'u')], [cluster('a')], [user('u')]);

  /** Runs with the contexts of a home that is empty yet. */
  async function withHome(
    { files, ...options }: { readonly watch: boolean; readonly files?: readonly string[] },
    body: (contexts: Contexts, folder: string, names: () => Promise<string>) => Promise<void>,
  ): Promise<void> {
    const home = await mkdtemp(join(tmpdir(), 'home-'));
    const http = createHttp();
    const env = files ? { KUBECONFIG: files.map((file) => join(home, '.kube', file)).join(delimiter) } : {};
    const contexts = openContexts({ http, env, home, mayRun: async () => false, ...options });
    try {
      await body(contexts, join(home, '.kube'), async () => (await contexts.list()).contexts.map(({ name }) => name).join(' '));
    } finally {
      contexts.dispose();
      http.dispose();
      await rm(home, { recursive: true });
    }
  }

  for (const [how, pauseMs] of [
    ['with its folder', 0],
    ['long after its folder', 700],
  ] as const)
    it(`hears of the first one that comes ${how}`, () =>
      withHome({ watch: true }, async (contexts, folder, names) => {
        assert.equal(await names(), '');
        const changed = new Promise<void>((resolve) => contexts.onDidChange(resolve));
        await mkdir(folder);
        await delay(pauseMs);
        await writeFile(join(folder, 'config'), text);
        await Promise.race([changed, delay(20_000, undefined, { ref: false })]);
        assert.equal(await names(), 'dev');
      }));

  for (const [which, files, comes] of [
    ['the second of two folders', ['a/config', 'b/config'], 'b/config'],
    ['the folder above one that is not there', ['a/config', 'config'], 'config'],
    ['a folder two levels down', ['x/y/config'], 'x/y/config'],
  ] as const)
    it(`hears of a file that comes in ${which}`, () =>
      withHome({ watch: true, files }, async (contexts, folder, names) => {
        await mkdir(folder);
        assert.equal(await names(), '');
        const changed = new Promise<void>((resolve) => contexts.onDidChange(resolve));
        await mkdir(dirname(join(folder, comes)), { recursive: true });
        await writeFile(join(folder, comes), text);
        await Promise.race([changed, delay(20_000, undefined, { ref: false })]);
        assert.equal(await names(), 'dev');
      }));

  it('hears of a folder that went and comes again', () =>
    withHome({ watch: true }, async (contexts, folder, names) => {
      const next = () => {
        const changed = new Promise<void>((resolve) => contexts.onDidChange(resolve));
        return Promise.race([changed, delay(20_000, undefined, { ref: false })]);
      };
      const write = async () => {
        await mkdir(folder);
        await writeFile(join(folder, 'config'), text);
      };
      const seen = [await names()];
      for (const change of [write, () => rm(folder, { recursive: true }), write]) {
        const heard = next();
        await change();
        await heard;
        seen.push(await names());
      }
      assert.deepEqual(seen, ['', 'dev', '', 'dev']);
    }));

  it('reads again when it is told to, where nobody hears', () =>
    withHome({ watch: false }, async (contexts, folder, names) => {
      assert.equal(await names(), '');
      await mkdir(folder);
      await writeFile(join(folder, 'config'), text);
      assert.equal(await names(), '');
      contexts.refresh?.();
      assert.equal(await names(), 'dev');
    }));
});

describe('a kubeconfig that changes', () => {
  const one = (name: string, token = 't') => config([context(name, 'a', 'u')], [cluster('a')], [user('u', `token: ${token}`)]);

  /** Runs with contexts that watch `config` in a folder; `change` does something there and waits until it is told. */
  async function withWatched(
    body: (contexts: Contexts, change: (work: (path: string) => Promise<void>) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
    const http = createHttp();
    const path = join(folder, 'config');
    await writeFile(path, one('before'));
    const contexts = openContexts({ http, env: { KUBECONFIG: path }, mayRun: async () => false, watch: true });
    const change = async (work: (path: string) => Promise<void>) => {
      const told = new Promise<void>((resolve) => {
        const subscription = contexts.onDidChange(() => {
          subscription.dispose();
          resolve();
        });
      });
      await work(path);
      await told;
    };
    try {
      await body(contexts, change);
    } finally {
      contexts.dispose();
      http.dispose();
      await rm(folder, { recursive: true });
    }
  }
  const names = async (contexts: Contexts) => (await contexts.list()).contexts.map(({ name }) => name).join(' ');

  it('is read again: written over, replaced, swapped as a link, gone and back', () =>
    withWatched(async (contexts, change) => {
      assert.equal(await names(contexts), 'before');
      await change((path) => writeFile(path, one('written')));
      assert.equal(await names(contexts), 'written');
      await change(async (path) => {
        await writeFile(`${path}.new`, one('replaced'));
        await rename(`${path}.new`, path);
      });
      assert.equal(await names(contexts), 'replaced');
      await change(async (path) => {
        await writeFile(`${path}.other`, one('linked'));
        await rm(path);
        await symlink(`${path}.other`, path);
      });
      assert.equal(await names(contexts), 'linked');
      await change((path) => rm(path));
      assert.equal(await names(contexts), '');
      await change((path) => writeFile(path, one('back')));
      assert.equal(await names(contexts), 'back');
    }));

  it('keeps the cluster of an entry that stays as it was, and drops that of a deleted one', () =>
    withWatched(async (contexts, change) => {
      const before = await contexts.open('before');
      assert.ok(before.ok);
      await change((path) =>
        writeFile(path, `${one('before')}extensions: []\n`.replace('contexts:', `contexts:\n${context('more', 'a', 'u')}`)),
      );
      const after = await contexts.open('before');
      assert.ok(after.ok);
      assert.equal(after.value, before.value);
      await change((path) => writeFile(path, one('before', 'other')));
      const renewed = await contexts.open('before');
      assert.ok(renewed.ok);
      assert.notEqual(renewed.value, before.value);
      await change((path) => writeFile(path, one('another')));
      const gone = await contexts.open('before');
      assert.match(gone.ok ? '' : gone.failure.message, /^No context is called before in /);
    }));
});

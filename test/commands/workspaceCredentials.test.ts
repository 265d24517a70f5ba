import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Uri } from 'vscode';
import { failed, success } from '../../src/base/failure.ts';
import type { Files } from '../../src/deploy/files/files.ts';
import { credentialsNamedIn } from '../../src/manifest/credentials.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import type { Cloud, Clouds } from '../../src/openstack/cloud.ts';
import { eventually } from '../support/eventually.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const { WorkspaceCredentials } = await import('../../src/commands/workspaceCredentials.ts');
const { SecretConsent } = await import('../../src/host/secretConsent.ts');

const alice = fakeCloud('network.network: [{ id: n1, name: private }]');

/** Clouds where everybody may sign in by user name, and the user's name is the name of the project. */
const clouds: Pick<Clouds, 'openAs'> = {
  openAs: async (_name, credentials) => {
    if (typeof credentials === 'string') return failed('notFound', `No cloud is called ${credentials}.`);
    const { username } = credentials['auth'] as { readonly username: string };
    return success({
      state: 'idle',
      project: async () => success(fakeCloud(`{user: ${username}, project: ${username}s}`)),
    } as unknown as Cloud);
  },
};

const secret = (user: string) => `apiVersion: v1
kind: Secret
metadata: {name: who}
stringData: {clouds.yaml: "clouds: {theirs: {auth: {username: ${user}, password: hunter2}}}"}
`;
const image = `apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Network
metadata: {name: a}
spec: {cloudCredentialsRef: {secretName: who, cloudName: theirs}, managementPolicy: unmanaged, import: {filter: {name: private}}}
`;

/** Folder /w with these files. `as` tells as whom the network of a file is looked for, or as whom instead. */
function folder(texts: Record<string, string>) {
  let changed = (_path: string) => {};
  const names = (path: string) =>
    Object.keys(texts).flatMap((one) => (one.startsWith(`${path}/`) ? (one.slice(path.length + 1).split('/')[0] ?? []) : []));
  const files: Files = {
    facts: async (path) =>
      success(texts[path] === undefined ? { type: 'folder', size: 0 } : { type: 'file', size: texts[path].length }),
    read: async (path) => (texts[path] === undefined ? failed('notFound', 'gone') : success(texts[path])),
    list: async (path) =>
      success(
        [...new Set(names(path))].map((name) => ({
          name,
          type: texts[`${path}/${name}`] === undefined ? ('folder' as const) : ('file' as const),
        })),
      ),
  };
  const watch = (heard: (path: string) => void) => {
    changed = heard;
    return { dispose() {} };
  };
  const credentials = new WorkspaceCredentials(clouds, { files, roots: () => ['/w'], watch });
  const as = async (path: string) => {
    const uri = { scheme: 'file', fsPath: path } as Uri;
    const [manifest] = parseManifests(path, texts[path] ?? '');
    const [named] = manifest ? credentialsNamedIn(manifest.local) : [];
    assert.ok(named);
    const query = { by: 'name', value: 'private' } as const;
    const queries = [{ kind: 'network.network', query, as: named.reference } as const];
    const asked = { uri, bound: alice, cluster: async () => undefined };
    const { signal } = new AbortController();
    const [answer] = await credentials.find(queries, asked, signal);
    const { user } = await credentials.projectOf(named.reference, asked, signal);
    assert.equal(answer?.by?.place.split(' as ')[1], user);
    return answer?.by?.instead ?? answer?.by?.place;
  };
  return { as, credentials, change: (path: string) => changed(path) };
}

describe('as whom the manifests of a window are used', () => {
  it('is told by the Secret that lies nearest; two that are equally near tell nothing', async () => {
    const { as } = folder({
      '/w/prod/a.yaml': image,
      '/w/prod/secret.yaml': secret('bob'),
      '/w/test/a.yaml': image,
      '/w/test/secret.yaml': secret('carol'),
      '/w/both/a.yaml': `${image}---\n${secret('dave')}`,
      '/w/other/a.yaml': image,
    });
    assert.equal(await as('/w/prod/a.yaml'), 'project bobs of cloud demo, as bob');
    assert.equal(await as('/w/test/a.yaml'), 'project carols of cloud demo, as carol');
    assert.equal(await as('/w/both/a.yaml'), 'project daves of cloud demo, as dave');
    assert.equal(await as('/w/other/a.yaml'), 'Secret who of cloudCredentialsRef was not found, so this was asked as alice.');
  });

  it('is another when the Secret is, and that is told', async () => {
    const texts: Record<string, string> = { '/w/a.yaml': image, '/w/secret.yaml': secret('bob') };
    const { as, credentials, change } = folder(texts);
    let told = 0;
    credentials.onDidChange(() => (told += 1));
    assert.equal(await as('/w/a.yaml'), 'project bobs of cloud demo, as bob');
    texts['/w/secret.yaml'] = secret('carol');
    change('/w/secret.yaml');
    await eventually('the change is told', async () => told === 1);
    assert.equal(await as('/w/a.yaml'), 'project carols of cloud demo, as carol');
    credentials.dispose();
  });

  it('is not told by what is encrypted or still to be filled in', async () => {
    const { as } = folder({
      '/w/a.yaml': image,
      '/w/secret.yaml': secret('ENC[AES256_GCM,data:x,type:str]').replace('kind: Secret', 'kind: Secret\nsops: {mac: "ENC[x]"}'),
      '/w/template.yaml': secret('${USER}'),
    });
    assert.equal(await as('/w/a.yaml'), 'Secret who of cloudCredentialsRef was not found, so this was asked as alice.');
  });
});

describe('Secrets of a cluster', () => {
  /** The answers that the user gives in turn; what was asked, and what is kept. */
  const consent = (...answers: readonly (string | undefined)[]) => {
    const rest = [...answers];
    const asked: string[] = [];
    const settings: { clusterSecrets: Readonly<Record<string, 'read' | 'never'>> } = { clusterSecrets: {} };
    const offer = async (message: string) => {
      asked.push(message.slice(0, message.indexOf(' that')));
      return rest.shift();
    };
    const keep = async (said: typeof settings.clusterSecrets) => {
      settings.clusterSecrets = said;
    };
    return { consent: new SecretConsent(settings, { offer }, keep), asked, settings };
  };
  const settled = () => new Promise((done) => setImmediate(done));

  it('are read once the user said so, who is asked only when nothing else serves', async () => {
    const { consent: one, asked, settings } = consent('Read');
    assert.equal(one.mayRead('prod', false), false);
    assert.deepEqual(asked, []);
    assert.equal(one.mayRead('prod', true), false);
    await settled();
    assert.deepEqual([asked, settings.clusterSecrets], [['Manifests name Secrets of context prod'], { prod: 'read' }]);
    assert.equal(one.mayRead('prod', false), true);
    assert.equal(one.mayRead('other', false), false);
  });

  it('are asked about once in a window, whatever is answered', async () => {
    const { consent: one, asked, settings } = consent(undefined, 'Never');
    for (let times = 0; times < 3; times += 1) {
      assert.equal(one.mayRead('prod', true), false);
      await settled();
    }
    one.mayRead('test', true);
    await settled();
    assert.equal(one.mayRead('test', true), false);
    assert.equal(asked.length, 2);
    assert.deepEqual(settings.clusterSecrets, { test: 'never' });
  });
});

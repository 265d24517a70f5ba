/** Names of objects across files: each case is files as text, a cursor `<|>` in one of them, and what is found, as text. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Location, Range } from 'vscode-languageserver-types';
import type { Binding } from '../../src/binding/binding.ts';
import { Editing } from '../../src/language/editing.ts';
import type { LanguageHost } from '../../src/language/host.ts';
import { OpenDocument } from '../../src/language/openDocument.ts';

interface Scene {
  /** Name → text. The one with the cursor is open in the editor. */
  readonly files: Readonly<Record<string, string>>;
  readonly bindings?: Readonly<Record<string, Binding>>;
  readonly complete?: boolean;
}

const never = new AbortController().signal;

class Window {
  readonly editing: Editing;
  readonly uri: string;
  readonly position: { line: number; character: number };
  readonly #texts: Map<string, string>;

  constructor({ files, bindings = {}, complete = true }: Scene) {
    const [open = '', marked = ''] = Object.entries(files).find(([, text]) => text.includes('<|>')) ?? [];
    const before = marked.slice(0, marked.indexOf('<|>')).split('\n');
    this.uri = open;
    this.position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    this.#texts = new Map(Object.entries(files).map(([name, text]) => [name, text.replace('<|>', '')]));
    const document = new OpenDocument(open, 1, this.#texts.get(open) ?? '');
    while (document.read(1000));
    const bound = { document, binding: async () => ({ binding: bindings[open], place: undefined }) };
    const host: LanguageHost = {
      find: undefined,
      list: undefined,
      schema: undefined,
      binding: undefined,
      kubernetesFind: undefined,
      workspaceManifests: async () => ({
        files: [...this.#texts].map(([uri, text]) => ({ uri, text, binding: bindings[uri] })),
        complete,
      }),
    };
    this.editing = new Editing({ get: (uri) => (uri === open ? bound : undefined), all: () => [bound] }, host);
  }

  async definitions(): Promise<string> {
    return this.#places(await this.editing.definitions(this.uri, this.position, never));
  }

  async references(): Promise<string> {
    return this.#places(await this.editing.references(this.uri, this.position, true, never));
  }

  async highlights(): Promise<string> {
    const found = await this.editing.highlights(this.uri, this.position);
    return (
      found?.map(({ range, kind }) => `${this.#line(this.uri, range)}${kind === 3 ? ' (write)' : ''}`).join('\n') ?? 'nothing'
    );
  }

  /** What stands in the files afterwards: the lines that are other than before. */
  async rename(to: string): Promise<string> {
    const edit = await this.editing.rename(this.uri, this.position, to, never);
    if ('refused' in edit) return edit.refused;
    return Object.entries(edit.changes ?? {})
      .flatMap(([uri, edits]) =>
        edits.map(({ range: { start, end }, newText }) => {
          const line = this.#texts.get(uri)?.split('\n')[start.line] ?? '';
          return `${uri}:${start.line + 1} ${`${line.slice(0, start.character)}${newText}${line.slice(end.character)}`.trim()}`;
        }),
      )
      .join('\n');
  }

  #places(locations: readonly Location[]): string {
    return locations.map(({ uri, range }) => this.#line(uri, range)).join('\n') || 'nothing';
  }

  #line(uri: string, { start, end }: Range): string {
    const line = this.#texts.get(uri)?.split('\n')[start.line] ?? '';
    return `${uri}:${start.line + 1} ${line.slice(0, start.character).trim()} [${line.slice(start.character, end.character)}]`;
  }
}

const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  namespace: shop\n';
const web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      containers:
        - name: settings
          envFrom: [{configMapRef: {name: "settings"}}]
      volumes:
        - name: a
          configMap: {name: sett<|>ings}
`;

describe('a name across files', () => {
  it('leads to where the object is declared', async () =>
    assert.equal(
      await new Window({ files: { 'a.yaml': settings, 'web.yaml': web } }).definitions(),
      'a.yaml:4 name: [settings]',
    ));

  it('leads to nothing where only another kind or namespace has it', async () => {
    const other = settings.replace('namespace: shop', 'namespace: else');
    const secret = settings.replace('ConfigMap', 'Secret');
    assert.equal(await new Window({ files: { 'a.yaml': other, 'b.yaml': secret, 'web.yaml': web } }).definitions(), 'nothing');
  });

  it('is found wherever it is used, containers of the same name aside', async () =>
    assert.equal(
      await new Window({ files: { 'a.yaml': settings, 'web.yaml': web } }).references(),
      'web.yaml:9 envFrom: [{configMapRef: {name: " [settings]\nweb.yaml:12 configMap: {name: [settings]\na.yaml:4 name: [settings]',
    ));

  it('takes the namespace of the binding where the document names none', async () => {
    const files = { 'a.yaml': settings, 'web.yaml': web.replace(', namespace: shop', '') };
    assert.equal(await new Window({ files }).definitions(), 'nothing');
    const bindings = { 'web.yaml': { namespace: 'shop' } };
    assert.equal(await new Window({ files, bindings }).definitions(), 'a.yaml:4 name: [settings]');
  });

  it('is another one in a file bound to another cluster', async () => {
    const bindings = { 'a.yaml': { context: 'production' }, 'web.yaml': { context: 'test' } };
    assert.equal(await new Window({ files: { 'a.yaml': settings, 'web.yaml': web }, bindings }).definitions(), 'nothing');
  });

  it('of a kind of the whole cluster knows no namespace', async () => {
    const files = {
      'class.yaml': 'apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast}\n',
      'claim.yaml':
        'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: shop}\nspec:\n  storageClassName: fast<|>\n',
    };
    assert.equal(
      await new Window({ files, bindings: { 'class.yaml': { namespace: 'x' } } }).definitions(),
      'class.yaml:3 metadata: {name: [fast]',
    );
  });

  it('of the credentials of a cluster leads to the Secret', async () => {
    const files = {
      'secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: cloud-config}\n',
      'cluster.yaml':
        'apiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: OpenStackCluster\nmetadata: {name: a}\nspec:\n  identityRef: {name: cloud<|>-config, cloudName: openstack}\n',
    };
    assert.equal(await new Window({ files }).definitions(), 'secret.yaml:3 metadata: {name: [cloud-config]');
  });

  it('is highlighted in its own file, its declaration as written', async () =>
    assert.equal(
      await new Window({ files: { 'a.yaml': `${settings}---\n${web}` } }).highlights(),
      'a.yaml:4 name: [settings] (write)\na.yaml:15 envFrom: [{configMapRef: {name: " [settings]\na.yaml:18 configMap: {name: [settings]',
    ));

  it('highlights the same OpenStack resource', async () => {
    const text =
      'apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: a}\nspec: {csi: {driver: cinder.csi.openstack.org, volumeHandle: v-1}}\n';
    const marked = text.replace('v-1', 'v<|>-1');
    assert.equal(
      await new Window({ files: { 'a.yaml': `${marked}---\n${text}` } }).highlights(),
      'a.yaml:4 spec: {csi: {driver: cinder.csi.openstack.org, volumeHandle: [v-1]\na.yaml:9 spec: {csi: {driver: cinder.csi.openstack.org, volumeHandle: [v-1]',
    );
  });
});

describe('a rename', () => {
  const files = { 'a.yaml': settings, 'web.yaml': web };

  it('goes through all files', async () =>
    assert.equal(
      await new Window({ files }).rename('config'),
      'web.yaml:9 envFrom: [{configMapRef: {name: "config"}}]\nweb.yaml:12 configMap: {name: config}\na.yaml:4 name: config',
    ));

  it('puts a name that YAML would read otherwise in quotes, where none are yet', async () =>
    assert.equal(
      await new Window({ files }).rename('123'),
      'web.yaml:9 envFrom: [{configMapRef: {name: "123"}}]\nweb.yaml:12 configMap: {name: "123"}\na.yaml:4 name: "123"',
    ));

  it('changes the name in what it depends on, and nothing else there', async () => {
    const annotated = `apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  namespace: shop\n  annotations:\n    config.kubernetes.io/depends-on: /namespaces/shop/Secret/settings, /namespaces/shop/ConfigMap/settings\n`;
    assert.equal(
      await new Window({
        files: { 'a.yaml': settings.replace('name: settings', 'name: settings<|>'), 'p.yaml': annotated },
      }).rename('config'),
      'a.yaml:4 name: config\np.yaml:7 config.kubernetes.io/depends-on: /namespaces/shop/Secret/settings, /namespaces/shop/ConfigMap/config',
    );
  });

  it('is refused for a name that no object can have', async () =>
    assert.match(await new Window({ files }).rename('My Config'), /^"My Config" can be no name of a ConfigMap: lower case/));

  it('is refused for a name that is taken', async () =>
    assert.equal(
      await new Window({ files: { ...files, 'b.yaml': settings.replace('name: settings', 'name: config') } }).rename('config'),
      'There is a ConfigMap "config" already. Choose another name.',
    ));

  it('is refused where nothing declares the object, and where there is no name', async () => {
    assert.equal(
      await new Window({ files: { 'web.yaml': web } }).rename('config'),
      'No manifest here declares ConfigMap "settings", so a new name would name nothing.',
    );
    const elsewhere = { 'a.yaml': settings.replace('apiVersion', 'api<|>Version') };
    assert.equal(await new Window({ files: elsewhere }).rename('config'), 'Here is no name of an object. Put the cursor on one.');
  });

  it('is refused where not all files were read', async () =>
    assert.match(await new Window({ files, complete: false }).rename('config'), /^This workspace holds more YAML files/));
});

describe('the objects of a workspace', () => {
  it('are found by letters of kind and name', async () => {
    const window = new Window({ files: { 'a.yaml': settings, 'web.yaml': web } });
    const found = async (query: string) =>
      (await window.editing.workspaceSymbols(query, never))
        .map(({ name, containerName }) => `${name} (${containerName})`)
        .join(', ');
    assert.equal(await found(''), 'Deployment web (shop), ConfigMap settings (shop)');
    assert.equal(await found('cm sett'), 'ConfigMap settings (shop)');
    assert.equal(await found('pod'), '');
  });

  it('are those of templates only where they have a name', async () => {
    const template = settings.replace('name: settings', 'name: {{ .Release.Name }}-settings');
    const window = new Window({ files: { 'a.yaml': template, 'web.yaml': web } });
    assert.deepEqual(
      (await window.editing.workspaceSymbols('', never)).map(({ name }) => name),
      ['Deployment web'],
    );
  });
});

import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failed, success } from '../../src/base/failure.ts';
import type { Files } from '../../src/deploy/files/files.ts';

const { WorkspaceSchemas } = await import('../../src/commands/workspaceSchemas.ts');

const definition = (field: string, version = 'v1') => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.org }
spec:
  group: example.org
  names: { kind: Widget, plural: widgets }
  versions: [{ name: ${version}, served: true, schema: { openAPIV3Schema: { type: object, properties: { ${field}: {} } } } }]
`;

/** Folder /w with these files. `fields` tells the fields that Widget has in a version, undefined where nothing is said. */
function folder(texts: Record<string, string>) {
  const read: string[] = [];
  let changed = (_path: string) => {};
  const files: Files = {
    facts: async (path) =>
      path === '/w' ? success({ type: 'folder', size: 0 }) : success({ type: 'file', size: texts[path]?.length ?? 0 }),
    read: async (path) => {
      read.push(path);
      const text = texts[path];
      return text === undefined ? failed('notFound', 'gone') : success(text);
    },
    list: async () => success(Object.keys(texts).map((path) => ({ name: path.slice(3), type: 'file' as const }))),
  };
  const watch = (heard: (path: string) => void) => {
    changed = heard;
    return { dispose() {} };
  };
  const schemas = new WorkspaceSchemas(files, () => ['/w'], watch);
  const fields = async (apiVersion: string, kind = 'Widget') => {
    const properties = (await schemas.find(apiVersion, kind))?.root['properties'];
    return properties && Object.keys(properties);
  };
  return { fields, read, kindsOf: schemas.inGroup.bind(schemas), change: (path: string) => changed(path) };
}

describe('schemas of definitions in the workspace', () => {
  it('are found by kind and version, in files of many documents', async () => {
    const { fields, read } = folder({
      '/w/crd.yaml': `${definition('size')}---\n${definition('color', 'v2')}`,
      '/w/a.yaml': 'apiVersion: v1\nkind: ConfigMap\n',
    });
    assert.deepEqual(await fields('example.org/v1'), ['size']);
    assert.deepEqual(await fields('example.org/v2'), ['color']);
    assert.deepEqual([await fields('example.org/v3'), await fields('example.org/v1', 'Gadget')], [undefined, undefined]);
    assert.equal(read.length, 2);
  });

  it('are not looked for where the kind is one of Kubernetes itself', async () => {
    const { fields, read } = folder({ '/w/crd.yaml': definition('size') });
    assert.deepEqual([await fields('v1', 'Pod'), await fields('apps/v1', 'Deployment'), read], [undefined, undefined, []]);
  });

  it('are other when their file is, and gone with it', async () => {
    const texts: Record<string, string> = { '/w/crd.yaml': definition('size') };
    const { fields, change } = folder(texts);
    assert.deepEqual(await fields('example.org/v1'), ['size']);
    texts['/w/crd.yaml'] = definition('color');
    change('/w/crd.yaml');
    assert.deepEqual(await fields('example.org/v1'), ['color']);
    delete texts['/w/crd.yaml'];
    change('/w/crd.yaml');
    assert.equal(await fields('example.org/v1'), undefined);
  });

  it('tell which versions and kinds their group has; one of Kubernetes itself is not looked for', async () => {
    const texts: Record<string, string> = { '/w/crd.yaml': `${definition('size')}---\n${definition('color', 'v2')}` };
    const { kindsOf, read, change } = folder(texts);
    assert.deepEqual([await kindsOf('apps'), await kindsOf(''), read], [[], [], []]);
    const widgets = (...versions: string[]) => versions.map((one) => ({ apiVersion: `example.org/${one}`, kind: 'Widget' }));
    assert.deepEqual(await kindsOf('example.org'), widgets('v1', 'v2'));
    assert.deepEqual(await kindsOf('elsewhere.org'), []);
    texts['/w/crd.yaml'] = definition('size', 'v3');
    change('/w/crd.yaml');
    assert.deepEqual(await kindsOf('example.org'), widgets('v3'));
  });

  it('that differ tell nothing; the same twice is one', async () => {
    const differ = folder({ '/w/one.yaml': definition('size'), '/w/two.yaml': definition('color') });
    assert.equal(await differ.fields('example.org/v1'), undefined);
    const same = folder({ '/w/one.yaml': definition('size'), '/w/two.yaml': definition('size') });
    assert.deepEqual(await same.fields('example.org/v1'), ['size']);
  });
});

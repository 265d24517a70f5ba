import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Uri } from 'vscode';
import { Emitter } from '../../src/base/event.ts';
import { failed, success } from '../../src/base/failure.ts';
import type { AnswerSources } from '../../src/host/answers.ts';
import { SchemaCache } from '../../src/host/schemaCache.ts';
import type { Cluster } from '../../src/kubernetes/cluster.ts';
import { schemaReader } from '../../src/worlds.ts';

const { Answers } = await import('../../src/host/answers.ts');

const gvk = [{ group: 'apps', version: 'v1', kind: 'Deployment' }];
const apps = (word: string) => ({
  components: {
    schemas: {
      'io.k8s.api.apps.v1.Deployment': {
        type: 'object',
        description: word.repeat(300),
        properties: {
          spec: { allOf: [{ $ref: '#/components/schemas/Spec' }], default: {} },
          status: { $ref: '#/components/schemas/Status' },
        },
        'x-kubernetes-group-version-kind': gvk,
      },
      Spec: { type: 'object', properties: { replicas: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 0' }] } } },
      Status: { type: 'object' },
      Other: { type: 'object' },
    },
  },
});

/** A cluster that publishes the schemas of apps/v1; `hash` is what it says of them, undefined when it does not answer. */
function world(folder: string, limit?: number) {
  const state: {
    hash: string | undefined;
    word: string;
    asked: string[];
    exec: boolean;
    opened: boolean;
    changes: number;
  } = {
    hash: 'A',
    word: 'word',
    asked: [],
    exec: false,
    opened: false,
    changes: 0,
  };
  const changed = new Emitter<{ readonly kinds?: readonly string[] }>();
  const open = () => {
    const cluster: Pick<Cluster, 'raw' | 'onDidChange'> & { readonly context: object } = {
      context: { name: 'demo', exec: state.exec },
      raw: async (path) => {
        if (state.hash === undefined) return failed('offline', 'no answer');
        state.asked.push(path);
        const url = `/openapi/v3/apis/apps/v1?hash=${state.hash}`;
        if (path === '/openapi/v3') return success(JSON.stringify({ paths: { 'apis/apps/v1': { serverRelativeURL: url } } }));
        return path === url ? success(JSON.stringify(apps(state.word))) : failed('notFound', 'not there');
      },
      onDidChange: changed.event,
    };
    const sources = {
      bindings: { of: () => ({ context: 'demo' }), epoch: 1 },
      contexts: { open: async () => success(cluster) },
      schemas: async () => schemaReader,
      isOpened: () => state.opened,
      schemaCache: new SchemaCache(folder, limit),
      definedSchemas: async () => ({ find: async () => undefined, inGroup: async () => [], dispose() {} }),
    };
    const answers = new Answers(sources as unknown as AnswerSources);
    answers.onDidChangeCluster(() => (state.changes += 1));
    return async (kind = 'Deployment', known?: string) => {
      const params = { uri: 'file:///a.yaml', apiVersion: 'apps/v1', kind, ...(known === undefined ? {} : { known }) };
      const { value } = await answers.schema({} as Uri, params);
      return value && 'hash' in value ? value : null;
    };
  };
  return { state, open, change: changed.fire.bind(changed) };
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'schemas-'));
  try {
    await run(join(folder, 'schemas'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('schemas of the bound cluster', () => {
  it('hold what is read of them: no rules, no status, no words without end', () =>
    inFolder(async (folder) => {
      const answer = await world(folder).open()();
      assert.deepEqual(answer?.schema, {
        hash: answer?.hash,
        root: { $ref: '#/components/schemas/io.k8s.api.apps.v1.Deployment' },
        definitions: {
          'io.k8s.api.apps.v1.Deployment': {
            type: 'object',
            description: 'word'.repeat(150),
            properties: { spec: { allOf: [{ $ref: '#/components/schemas/Spec' }], default: {} }, status: {} },
          },
          Spec: { type: 'object', properties: { replicas: { type: 'integer' } } },
        },
      });
    }));

  it('are sent once, asked by their hash, and read anew when the hash of the server is another', () =>
    inFolder(async (folder) => {
      const { state, open } = world(folder);
      const first = await open()();
      assert.deepEqual(await open()('Deployment', first?.hash), { hash: first?.hash });
      assert.deepEqual(state.asked, ['/openapi/v3', '/openapi/v3/apis/apps/v1?hash=A', '/openapi/v3']);
      Object.assign(state, { hash: 'B', word: 'other' });
      const second = await open()('Deployment', first?.hash);
      assert.notEqual(second?.hash, first?.hash);
      assert.equal(second?.schema?.hash, second?.hash);
    }));

  it('are those read last while the cluster does not answer, and say so', () =>
    inFolder(async (folder) => {
      const { state, open } = world(folder);
      const { hash } = (await open()()) ?? {};
      state.hash = undefined;
      const kept = await open()();
      assert.deepEqual([kept?.hash, kept?.schema?.hash, kept?.kept], [hash, hash, 'context demo']);
      assert.equal(await open()('StatefulSet'), null);
    }));

  it('that the cluster does not publish are none, kept or not', () =>
    inFolder(async (folder) => {
      const { open } = world(folder);
      assert.equal(await open()('Gadget'), null);
    }));

  it('may be other when all kinds of the cluster are, not when objects of one are', () =>
    inFolder(async (folder) => {
      const { state, open, change } = world(folder);
      const ask = open();
      await ask();
      await ask();
      change({ kinds: ['Deployment'] });
      assert.equal(state.changes, 0);
      change({});
      assert.equal(state.changes, 1);
    }));

  it('wait, where a program signs in, until the user opens the context', () =>
    inFolder(async (folder) => {
      const { state, open } = world(folder);
      state.exec = true;
      assert.deepEqual([await open()(), state.asked], [null, []]);
      state.opened = true;
      assert.ok((await open()())?.schema);
    }));

  it('take no more room than they may, and what is torn is not there', () =>
    inFolder(async (folder) => {
      const { state, open } = world(folder, 1500);
      for (const word of ['one', 'two', 'six', 'ten']) {
        Object.assign(state, { hash: word, word });
        await open()();
      }
      const texts = (await readdir(folder)).filter((name) => name.endsWith('.schema.json'));
      assert.ok(texts.length > 0 && texts.length < 3, String(texts.length));
      for (const name of texts) await writeFile(join(folder, name), '{"hash":');
      state.hash = undefined;
      assert.equal(await open()(), null);
    }));
});

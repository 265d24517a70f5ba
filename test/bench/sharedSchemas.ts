import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Answer, HandedSchema, SchemaAnswer, SchemaParams } from '../../src/protocol.ts';
import { definitionSchemas, strictly } from './definitionSchemas.ts';

type Schemas = Readonly<Record<string, unknown>>;

interface Published {
  /** `apiVersion kind` → its name among the definitions. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly definitions: Schemas;
}

const published = JSON.parse(readFileSync(new URL('../fixtures/schemas/kubernetes.json', import.meta.url), 'utf8')) as Published;

/** `apiVersion kind` → its schema: Kubernetes' own kinds and those of cluster-api-provider-openstack. */
const byKind: ReadonlyMap<string, HandedSchema> = new Map([
  ...Object.entries(published.kinds).map(([kind, name]) => {
    const root = { $ref: `#/components/schemas/${name}` };
    return [kind, { hash: kind, root, definitions: published.definitions }] as const;
  }),
  ...definitionSchemas().map(({ group, version, kind, schema }) => {
    const key = `${group}/${version} ${kind}`;
    return [key, { hash: key, root: schema, definitions: {} }] as const;
  }),
]);

/** What our server is answered that asks for the schema of a kind. */
export function schemaAnswer({ apiVersion, kind, known }: SchemaParams): Answer<SchemaAnswer | null> {
  const schema = byKind.get(`${apiVersion} ${kind}`);
  if (!schema) return { epoch: 0, value: null };
  return { epoch: 0, value: { hash: schema.hash, ...(known === schema.hash ? {} : { schema }) } };
}

let written: Promise<string> | undefined;

/** The same schemas as one JSON Schema for yaml-language-server, by apiVersion and kind; the URL of its file, written once. */
export function schemaFile(): Promise<string> {
  written ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'all.json');
    await writeFile(file, JSON.stringify(jsonSchema()));
    return pathToFileURL(file).href;
  })();
  return written;
}

function jsonSchema(): object {
  const allOf = [...byKind].map(([key, { root }]) => {
    const [apiVersion, kind] = key.split(' ');
    const properties = { apiVersion: { const: apiVersion }, kind: { const: kind } };
    return Object.fromEntries([
      ['if', { required: ['apiVersion', 'kind'], properties }],
      ['then', strictly(root)],
    ]);
  });
  return { $schema: 'http://json-schema.org/draft-07/schema#', allOf, components: { schemas: strictly(published.definitions) } };
}

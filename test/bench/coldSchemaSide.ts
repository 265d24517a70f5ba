/** One side of G6 in a process of its own: prints how long the first validation took, and where the mistakes are, as JSON. */
import { parseManifests } from '../../src/manifest/manifest.ts';
import { structureOf } from '../../src/manifest/schema/structure.ts';
import { definitionSchemas, strictly } from './definitionSchemas.ts';

const text = `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: { name: a }
spec:
  template:
    spec:
      flavor: m1.tiny
      image: { filter: { name: cirros } }
      sshKeyName: 5
      rootVolume: { sizeGiB: "20" }
      ports: [{ networks: { id: a } }]
`;
const schema = definitionSchemas().find(
  ({ kind, version }) => kind === 'OpenStackMachineTemplate' && version === 'v1beta1',
)?.schema;
const manifest = parseManifests('a', text)[0];
const json = manifest?.toJson();
if (!schema || !manifest || !json?.ok) throw new Error('The definition is not there.');
console.log(JSON.stringify(process.argv[2] === 'ajv' ? await byAjv(schema, json.value) : byOurs(schema)));

function byOurs(root: Record<string, unknown>): object {
  const start = performance.now();
  const found = manifest ? structureOf(manifest.local, () => [{ schema: { root, definitions: {} } }], []) : [];
  const ms = performance.now() - start;
  return { ms, paths: [...new Set(found.map(({ range }) => text.slice(0, range.start).split('\n').length))].sort().join(', ') };
}

async function byAjv(root: Record<string, unknown>, value: object): Promise<object> {
  const { Ajv } = (await import('ajv')) as unknown as { Ajv: new (options: object) => Validator };
  const read = strictly(root) as Record<string, unknown>;
  const start = performance.now();
  const validate = new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile(read);
  validate(value);
  const ms = performance.now() - start;
  const lines = (validate.errors ?? []).map(({ instancePath, params }) => {
    const last = params.additionalProperty ?? instancePath.split('/').at(-1) ?? '';
    return text.slice(0, text.search(new RegExp(`\\b${last}:`))).split('\n').length;
  });
  return { ms, paths: [...new Set(lines)].sort().join(', ') };
}

interface Validator {
  compile(schema: object): {
    (value: unknown): boolean;
    readonly errors?:
      | readonly { readonly instancePath: string; readonly params: { readonly additionalProperty?: string } }[]
      | null;
  };
}

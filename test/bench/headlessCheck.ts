import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireSandbox } from '../support/sandbox.ts';
import { type Bar, median, rounded } from './bar.ts';
import { definitionSchemas, definitions, strictly } from './definitionSchemas.ts';
import { machineTemplate } from './machineTemplate.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Every so-manieth manifest has a mistake against its schema. */
const every = 25;

/**
 * `hybrid-clusters check` of 1,000 manifests against kubeconform with the same schemas, which reads no references; ours asks the sandbox's cloud about 4,000. kubeconform is taken from the path:
 * `go install github.com/yannh/kubeconform/cmd/kubeconform@latest`.
 */
export async function headlessCheck({ documents = 1000, rounds = 3 } = {}): Promise<Bar> {
  const { clouds } = requireSandbox().openstack;
  const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-'));
  try {
    await mkdir(join(folder, 'schemas'));
    for (const { kind, version, schema } of definitionSchemas())
      await writeFile(join(folder, 'schemas', `${kind.toLowerCase()}_${version}.json`), JSON.stringify(strictly(schema)));
    const file = join(folder, 'manifests.yaml');
    await writeFile(file, Array.from({ length: documents }, (_, index) => template(index)).join('---\n'));
    const ours = [join(root, 'dist/cli.js'), 'check', file, fileURLToPath(definitions), '--cloud', 'demo', '--format', 'json'];
    const location = join(folder, 'schemas', '{{.ResourceKind}}_{{.ResourceAPIVersion}}.json');
    const theirs = ['-strict', '-output', 'json', '-n', '8', '-schema-location', location, file];
    const env = { ...process.env, OS_CLIENT_CONFIG_FILE: clouds };
    const runs: { ours: Ran[]; peer: Ran[] } = { ours: [], peer: [] };
    for (let round = 0; round < rounds; round += 1) {
      runs.ours.push(await run(process.execPath, ours, env));
      runs.peer.push(await run('kubeconform', theirs, env));
    }
    const found = findings(runs.ours[0]?.output ?? '');
    const structural = [...new Set(found.filter(({ code }) => code.startsWith('schema.')).map(({ object }) => object))].sort();
    const invalid = [...new Set(resources(runs.peer[0]?.output ?? ''))].sort();
    const [mine, other] = [median(runs.ours.map(({ ms }) => ms)), median(runs.peer.map(({ ms }) => ms))];
    return {
      bar: 'headless',
      what: `a check of ${documents} manifests and their references by the command line, in ms`,
      ours: rounded(mine),
      peer: rounded(other),
      ratio: rounded(other / mine),
      goal: '>= 1x kubeconform',
      met: other >= mine,
      agree: structural.length === Math.ceil(documents / every) && String(structural) === String(invalid),
      more: {
        'with a mistake, ours / peer': `${structural.length} / ${invalid.length}`,
        'references that name nothing': found.filter(({ code }) => code.startsWith('reference.')).length,
        'rounds, ours': runs.ours.map(({ ms }) => Math.round(ms)).join(', '),
        'rounds, peer': runs.peer.map(({ ms }) => Math.round(ms)).join(', '),
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Ran {
  readonly ms: number;
  readonly output: string;
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const start = performance.now();
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve({ ms: performance.now() - start, output }));
  });
}

function findings(output: string): { readonly code: string; readonly object: string }[] {
  const report = JSON.parse(output) as { code: string; line: number }[];
  return report.map(({ code, line }) => ({ code, object: `workers-${Math.floor((line - 1) / lines)}` }));
}

function resources(output: string): string[] {
  const report = JSON.parse(output) as { resources?: { name: string; status: string }[] };
  return (report.resources ?? []).flatMap(({ name, status }) => (status === 'statusInvalid' ? [name] : []));
}

function template(index: number): string {
  const sizeGiB = index % every === 0 ? '"20"' : '20';
  return machineTemplate(index, { flavor: 'm1.tiny', image: 'cirros', sizeGiB, described: true });
}

/** Lines of a manifest, the separator included. */
const lines = template(0).split('\n').length;

import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { success } from '../../src/base/failure.ts';
import { runFirst } from '../../src/render/program.ts';
import { installedRenderers, releaseRenderers } from '../../src/render/renderers.ts';
import { installedSops } from '../../src/render/sops.ts';

let folder = '';
const path = process.env['PATH'] ?? '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-program-'));
  // the stand-ins need node, and nothing else is to be found
  process.env['PATH'] = [folder, dirname(process.execPath)].join(delimiter);
});
after(async () => {
  process.env['PATH'] = path;
  await rm(folder, { recursive: true, force: true });
});

/** A program of this name that runs a few lines of JavaScript. */
async function standIn(name: string, script: string): Promise<void> {
  await writeFile(join(folder, name), `#!${process.execPath}\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}

const run = (...args: string[]) => runFirst([['first', 'sub'], ['second']], args, folder);
const outcome = async (ended: ReturnType<typeof run>) => {
  const result = await ended;
  return result.ok ? result.value : `${result.failure.reason}: ${result.failure.message}`;
};

test('no program, the second of two, then the first; arguments are handed over as they are, no shell reads them', async () => {
  assert.equal(await outcome(run('x')), 'notFound: first or second is not installed here.');
  await standIn('second', 'console.log(JSON.stringify(process.argv.slice(2)))');
  const hostile = ['$(touch gone)', '; exit 3', '`id`', 'a b', '"'];
  assert.equal(await outcome(run(...hostile)), `${JSON.stringify(hostile)}\n`);
  await standIn('first', 'console.log(process.argv.slice(2).join(" "))');
  assert.equal(await outcome(run('x')), 'sub x\n');
});

test('standard input is closed, and nothing that leads to a cloud or cluster is handed on', async () => {
  process.env['OS_PASSWORD'] = 'not-for-them';
  process.env['KUBECONFIG'] = '/nowhere';
  await standIn(
    'first',
    `
    let input = '';
    process.stdin.on('data', (piece) => { input += piece; });
    process.stdin.on('end', () => console.log(JSON.stringify([input, process.env.OS_PASSWORD, process.env.KUBECONFIG, typeof process.env.PATH])));
  `,
  );
  assert.equal(await outcome(run()), '["",null,null,"string"]\n');
  delete process.env['OS_PASSWORD'];
  delete process.env['KUBECONFIG'];
});

test('what a program says when it refuses is told on one line, without what a log puts around it', async () => {
  await standIn('first', 'console.error("error: no such\\n  thing"); process.exit(1)');
  assert.equal(await outcome(run()), 'invalid: first says: no such thing');
  await standIn(
    'first',
    `console.error('E1121 12:00:00.1 1 run.go:72] "command failed" err="invalid: json: unknown field \\\\"resource\\\\""'); process.exit(1)`,
  );
  assert.equal(await outcome(run()), 'invalid: first says: invalid: json: unknown field "resource"');
  await standIn('first', 'process.exit(3)');
  assert.equal(await outcome(run()), 'invalid: first says: it ended with status 3');
});

test('a flood ends where it is too much, a program that goes on when it is cancelled', async () => {
  await standIn(
    'first',
    'const piece = "x".repeat(1 << 20); const flood = () => { while (process.stdout.write(piece)); process.stdout.once("drain", flood); }; flood();',
  );
  assert.match(await outcome(run()), /^invalid: first printed more than \d+ MiB\.$/);
  await standIn('first', 'setInterval(() => {}, 1000)');
  const stop = new AbortController();
  const ended = runFirst([['first']], [], folder, stop.signal);
  stop.abort();
  assert.equal(await outcome(ended), 'cancelled: first was cancelled.');
});

test('values that stand in no file of their own are handed to helm as one', async () => {
  await standIn(
    'helm',
    'console.log(require("node:fs").readFileSync(process.argv.at(-1), "utf8"), process.argv.slice(2, -1).join(" "))',
  );
  const printed = await installedRenderers.helm('/w/shop', 'shop', ['/w/a.yaml', { text: '{"a":1}' }]);
  assert.deepEqual(printed, { ok: true, value: '{"a":1} template shop /w/shop --values /w/a.yaml --values\n' });
});

test('helm gets the name, the folder and the values files in the order they count', async () => {
  await standIn('helm', 'console.log(process.argv.slice(2).join(" "))');
  const printed = await installedRenderers.helm('/w/shop', 'shop', ['/w/a.yaml', '/w/b.yaml']);
  assert.deepEqual(printed, { ok: true, value: 'template shop /w/shop --values /w/a.yaml --values /w/b.yaml\n' });
});

test('for what is applied helm is told where it goes; values that were decrypted come on standard input and on no command line', async () => {
  await standIn(
    'helm',
    `
    let input = '';
    process.stdin.on('data', (piece) => { input += piece; });
    process.stdin.on('end', () => console.log(process.argv.slice(2).join(' ') + '\\n' + input));
  `,
  );
  const told = { namespace: 'shop', kubeVersion: 'v1.36.3', apiVersions: ['v1', 'apps/v1'] };
  const target = '--namespace shop --include-crds --kube-version v1.36.3 --api-versions v1 --api-versions apps/v1';
  const printed = async (text: string | undefined) =>
    releaseRenderers({ ...told, valuesText: async () => success(text) }).helm('/w/shop', 'shop', ['/w/a.yaml']);
  assert.deepEqual(await printed(undefined), success(`template shop /w/shop ${target} --values /w/a.yaml\n\n`));
  assert.deepEqual(await printed('{"a":"canary"}'), success(`template shop /w/shop ${target} --values -\n{"a":"canary"}\n`));
});

test('sops gets what leads to its keys, and still nothing that leads to a cluster', async () => {
  process.env['SOPS_AGE_KEY_FILE'] = '/keys.txt';
  process.env['KUBECONFIG'] = '/nowhere';
  await standIn(
    'sops',
    'console.log(JSON.stringify([process.argv.slice(2), process.env.SOPS_AGE_KEY_FILE, process.env.KUBECONFIG ?? null]))',
  );
  assert.deepEqual(await installedSops('/w/keys.yaml'), success('[["--decrypt","/w/keys.yaml"],"/keys.txt",null]\n'));
  delete process.env['SOPS_AGE_KEY_FILE'];
  delete process.env['KUBECONFIG'];
});

test('a kustomization is built inside one that asks where objects come from; when that fails, in the words about it alone', async () => {
  await standIn(
    'kustomize',
    `
    const [verb, folder] = process.argv.slice(2);
    const around = require('node:path').join(folder, 'kustomization.yaml');
    if (!require('node:fs').existsSync(around)) { console.error('Error: in ' + folder + '/x.yaml'); process.exit(1); }
    const text = require('node:fs').readFileSync(around, 'utf8');
    if (text.includes('broken')) { console.error('around'); process.exit(1); }
    console.log(verb + ' ' + text.replace(/.*\\.\\.\\//, ''));
  `,
  );
  const built = await installedRenderers.kustomize('/nowhere/overlay');
  assert.ok(built.ok);
  assert.equal(built.value.text, 'build nowhere/overlay"]\nbuildMetadata: [originAnnotations]\n\n');
  const failed = await installedRenderers.kustomize('/nowhere/broken');
  assert.equal(failed.ok || failed.failure.message, 'kustomize says: in x.yaml');
});

test('what takes plugins or charts of others is no mistake', async () => {
  await standIn('kustomize', "console.error('Error: external plugins disabled; unable to load'); process.exit(1)");
  const built = await installedRenderers.kustomize('/w');
  assert.equal(built.ok || built.failure.reason, 'unsupported');
});

test('a folder that cannot be put into another, on another drive say, is built without origins', async () => {
  await standIn('kustomize', "if (process.argv[3] !== '/far/overlay') process.exit(1); console.log('built')");
  assert.deepEqual(await installedRenderers.kustomize('/far/overlay'), {
    ok: true,
    value: { text: 'built\n', from: '/far/overlay' },
  });
});

test('manifests are changed by a kustomization that names them and nothing else', async () => {
  await standIn(
    'kustomize',
    `
    const { readFileSync, readdirSync } = require('node:fs');
    const folder = process.argv[3];
    for (const file of readdirSync(folder).sort()) console.log(file + ': ' + readFileSync(folder + '/' + file, 'utf8'));
  `,
  );
  assert.deepEqual(await installedRenderers.patch('kind: A', { images: [{ name: 'a', newTag: '2' }] }), {
    ok: true,
    value: 'kustomization.yaml: {"images":[{"name":"a","newTag":"2"}],"resources":["manifests.yaml"]}\nmanifests.yaml: kind: A\n',
  });
});

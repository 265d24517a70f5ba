import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { installedRenderers } from '../../src/render/renderers.ts';
import { plainFiles, readAnnotatedFiles } from '../support/annotatedFiles.ts';
import { sandboxTest } from '../support/sandbox.ts';

sandboxTest(
  'what is recorded of overlays is what kubectl makes of them, and where objects come from is found on the disk',
  async ({ kubernetes }) => {
    process.env['PATH'] = [dirname(kubernetes.kubectl), process.env['PATH']].join(delimiter);
    for (const scene of ['overlays', 'transformers']) await assertRecorded(scene);
  },
);

async function assertRecorded(scene: string): Promise<void> {
  const given = readAnnotatedFiles(await readFile(new URL(`scenes/${scene}.txt`, import.meta.url), 'utf8'));
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'hybrid-clusters-overlays-')));
  try {
    for (const [path, text] of Object.entries(plainFiles(given))) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    for (const [path, recorded] of given.rendered) {
      const made = await installedRenderers.kustomize(join(folder, path));
      assert.ok(made.ok, JSON.stringify(made));
      const { text, from } = made.value;
      const fromHere = text.replace(
        /((?:path|configuredIn): )(\S+)/g,
        (_all, key: string, place: string) => `${key}${resolve(from, place).replace(`${folder}/`, '../')}`,
      );
      assert.equal(fromHere, recorded, path);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

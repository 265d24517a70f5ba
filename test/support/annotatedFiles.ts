import assert from 'node:assert/strict';
import { success } from '../../src/base/failure.ts';
import type { Files } from '../../src/deploy/files/files.ts';
import type { Finding } from '../../src/manifest/finding.ts';
import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';
import { checkRendering, mergedFindings } from '../../src/render/checkRendering.ts';
import { findRenderings } from '../../src/render/findRenderings.ts';
import type { Renderers } from '../../src/render/renderers.ts';
import { withFindings, withoutExpectations } from './annotatedYaml.ts';

/** A few files as one text, each below a line `=== path`; what a program made of a folder below `=== rendered path`. */
export interface AnnotatedFiles {
  /** Path → text with its expectations as comments. */
  readonly annotated: ReadonlyMap<string, string>;
  /** Folder → what was rendered of it, as a program printed it. */
  readonly rendered: ReadonlyMap<string, string>;
}

export function readAnnotatedFiles(text: string): AnnotatedFiles {
  const parts = text.split(/^=== (.+)\n/m).slice(1);
  const all = parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? ''] as const] : []));
  const isRendered = (name: string) => name.startsWith('rendered ');
  return {
    annotated: new Map(all.filter(([name]) => !isRendered(name))),
    rendered: new Map(all.filter(([name]) => isRendered(name)).map(([name, one]) => [name.slice('rendered '.length), one])),
  };
}

/** The files without their expectations. */
export function plainFiles({ annotated }: AnnotatedFiles): Readonly<Record<string, string>> {
  return Object.fromEntries([...annotated].map(([path, text]) => [path, withoutExpectations(text)]));
}

/** Programs that print what was recorded. Origins count from a folder beside the others. */
export function recordedRenderers({ rendered }: AnnotatedFiles, root = process.cwd()): Renderers {
  const of = (folder: string) => rendered.get(folder) ?? assert.fail(`nothing is recorded of ${folder}`);
  return {
    kustomize: async (folder) => success({ text: of(folder), from: `${root}/around` }),
    helm: async (folder, name, values) => {
      const given = values.map((one) => (typeof one === 'string' ? one : one.text.replaceAll('\n', ' ')));
      return success(of([folder, name, ...given].join(' ')));
    },
    patch: async (_manifests, changes) => success(of(`by ${JSON.stringify(changes)}`)),
  };
}

interface AskedOfFiles {
  readonly folders: readonly string[];
  readonly files: Files;
  readonly renderers: Renderers;
  readonly lookupOf: (place: string) => ResourceLookup;
}

/** What is found in everything below `folders` as it is rendered, each told once. */
export async function renderedFindings({ folders, files, renderers, lookupOf }: AskedOfFiles): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const rendering of await findRenderings({ folders }, files)) {
    const checked = await checkRendering(rendering, renderers, { lookup: lookupOf(rendering.places[0] ?? '') });
    findings.push(...checked.findings);
  }
  return mergedFindings(findings);
}

/** Checks everything below `folders` as it is rendered, writes what was found into the files it stands in, and compares: all files must be as they were given. */
export async function assertRendered(given: AnnotatedFiles, asked: AskedOfFiles): Promise<void> {
  const told = Map.groupBy(await renderedFindings(asked), ({ file }) => file);
  const plain = plainFiles(given);
  const stranger = [...told.keys()].filter((file) => plain[file] === undefined);
  assert.deepEqual(stranger, []);
  for (const [path, text] of given.annotated) assert.equal(withFindings(plain[path] ?? '', told.get(path) ?? []), text, path);
}

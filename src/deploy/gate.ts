import type { KubeObject } from '../kubernetes/cluster.ts';
import type { Finding } from '../manifest/finding.ts';
import { LineIndex } from '../manifest/lineIndex.ts';
import { sameJson } from './fields.ts';
import { titleOf } from './key.ts';
import type { Blocker } from './types.ts';
import type { Written } from './written.ts';

/** An object ready to be planned: sanitised, with its namespace and its key. */
export interface Prepared {
  readonly key: string;
  readonly object: KubeObject;
  readonly written: Written;
}

/** What of the findings keeps the plan from being applied: the errors, each with its place if the text of its file is at hand. Warnings are shown and pass. */
export function blockersOf(findings: readonly Finding[], texts: ReadonlyMap<string, string> = new Map()): Blocker[] {
  const lines = new Map([...texts].map(([file, text]) => [file, new LineIndex(text)]));
  return findings
    .filter(({ severity }) => severity === 'error')
    .map((finding) => {
      const { file, range, message } = finding;
      const index = lines.get(file);
      return { message, finding, ...(index ? { place: { file, range, line: index.positionAt(range.start).line + 1 } } : {}) };
    });
}

/**
 * The same object written twice: identical copies collapse into the first with a word about it; different ones are an error that shows both places.
 */
export function withoutDuplicates(prepared: readonly Prepared[]): {
  readonly objects: readonly Prepared[];
  readonly findings: readonly Finding[];
} {
  const first = new Map<string, Prepared>();
  const findings: Finding[] = [];
  for (const one of prepared) {
    const earlier = first.get(one.key);
    if (earlier === undefined) first.set(one.key, one);
    else findings.push(duplicate(one, earlier));
  }
  return { objects: [...first.values()], findings };
}

function duplicate(one: Prepared, earlier: Prepared): Finding {
  const same = sameJson(one.object, earlier.object);
  const name = one.written.placeOf(['metadata', 'name']);
  const other = earlier.written.placeOf(['metadata', 'name']);
  const { apiVersion, kind, metadata } = one.object;
  const title = titleOf({ apiVersion, kind, name: metadata.name });
  return {
    file: name.file,
    range: name.range,
    severity: same ? 'information' : 'error',
    code: 'object.duplicate',
    message: `${title} is also written in ${fileName(other.file)}:${other.line}${same ? '; the copies are equal and count once' : ', with other content. Keep one of them'}.`,
    related: [{ file: other.file, range: other.range, message: `the other ${title}` }],
  };
}

/** The last part of a path or URI, for sentences. */
export function fileName(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}

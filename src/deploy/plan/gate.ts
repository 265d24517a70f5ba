import { sameJson } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { titleOf } from '../../kubernetes/objectKey.ts';
import type { Finding } from '../../manifest/finding.ts';
import { LineIndex } from '../../manifest/lineIndex.ts';
import { familyOf, rated, type Severities } from '../../manifest/severities.ts';
import { suppressInFiles } from '../../manifest/suppressions.ts';
import { fileName } from '../files/fileName.ts';
import type { Written } from '../files/written.ts';
import type { Blocker } from '../types.ts';

/** An object ready to be planned: sanitised, with its namespace and its key. */
export interface Prepared {
  readonly key: string;
  readonly object: KubeObject;
  readonly written: Written;
  /** Set where something else drives the scale of the object: what does, and what the dry run is given so that it shows no fall of a count that only we hold. */
  readonly scale?: { readonly driver: string; readonly asked: KubeObject };
}

/** Families whose errors leave an object out of the plan: nothing of it could be sent, whatever the user wants to be told. */
const LEFT_OUT = new Set(['yaml', 'manifest', 'object']);

/**
 * The findings as the user wants them told (setting `check.severity`). An error that leaves an object out of the plan stays one: a deploy that silently lacks an object is
 * none that was asked for. Of the others those are left out that a comment in `texts` answers.
 */
export function ratedForPlan(
  findings: readonly Finding[],
  severities: Severities,
  texts: ReadonlyMap<string, string> = new Map(),
): Finding[] {
  const stays = ({ severity, code }: Finding) => severity === 'error' && LEFT_OUT.has(familyOf(code));
  const { ignored } = suppressInFiles(findings, texts, { files: false, cloud: false, cluster: false });
  const answered = new Set(ignored.map(({ finding }) => finding));
  return findings.flatMap((finding) => (stays(finding) ? [finding] : answered.has(finding) ? [] : rated([finding], severities)));
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

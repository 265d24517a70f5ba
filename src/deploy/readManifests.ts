import type { KubeObject } from '../kubernetes/cluster.ts';
import type { Finding } from '../manifest/finding.ts';
import { LineIndex } from '../manifest/lineIndex.ts';
import { type Manifest, parseManifests } from '../manifest/manifest.ts';
import type { ManifestFile } from './discover.ts';
import type { Path } from './fields.ts';
import type { Blocker, Place } from './types.ts';
import type { Written } from './written.ts';

/** The objects of a file, what is wrong with them beside what the manifests say themselves, and what of it cannot be deployed as it stands. */
export interface ReadFile {
  readonly manifests: readonly Manifest[];
  readonly written: readonly Written[];
  readonly findings: readonly Finding[];
  readonly blockers: readonly Blocker[];
}

/**
 * Reads every object of a file, with the place of each field. Documents that are no objects (values of a chart, say) are passed over; an object without metadata or
 * with endless aliases is a finding; a template is a blocker, since what it will be is not known.
 */
export function readManifests({ file, text }: ManifestFile): ReadFile {
  const lines = new LineIndex(text);
  const manifests = parseManifests(file, text);
  const written: Written[] = [];
  const findings: Finding[] = [];
  const blockers: Blocker[] = [];
  for (const manifest of manifests) {
    if (manifest.apiVersion === undefined || manifest.kind === undefined) continue;
    const placeOf = (path: Path): Place => placed(manifest, path, lines);
    const object = manifest.toJson();
    if (manifest.template) blockers.push(templateBlocker(placeOf([]), text));
    else if (object.ok)
      written.push({
        object: object.value as KubeObject,
        source: { ...placeOf([]), range: manifest.range, index: manifest.index },
        placeOf,
      });
    else if (!manifest.local.document.findings.some(({ severity }) => severity === 'error'))
      findings.push({
        file,
        range: placeOf(['kind']).range,
        severity: 'error',
        code: 'object.unreadable',
        message: object.failure.message,
      });
  }
  return { manifests, written, findings, blockers };
}

function placed(manifest: Manifest, path: Path, lines: LineIndex): Place {
  const range = manifest.rangeOf(path);
  return { file: manifest.file, range, line: lines.positionAt(range.start).line + 1 };
}

function templateBlocker(place: Place, text: string): Blocker {
  const marker = text.slice(place.range.start).search(/\{\{|\{%/);
  const start = place.range.start + Math.max(0, marker);
  const range = marker < 0 ? place.range : { start, end: start + 2 };
  const line = text.slice(0, start).split('\n').length;
  return {
    message: 'This is a template; what it becomes is not known here. Render it first and deploy the result.',
    place: { ...place, range, line },
  };
}

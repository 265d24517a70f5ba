import type { Path } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import type { Finding } from '../../manifest/finding.ts';
import { LineIndex } from '../../manifest/lineIndex.ts';
import { type Manifest, objectOf } from '../../manifest/manifest.ts';
import type { TemplateKind } from '../../manifest/templates.ts';
import type { Place } from '../types.ts';
import type { ManifestFile } from './discover.ts';
import { manifestsIn } from './parsedFile.ts';
import type { Written } from './written.ts';

/** The objects of a file, and what keeps any of them from being deployed beside the findings that the manifests carry themselves. */
export interface ReadFile {
  readonly manifests: readonly Manifest[];
  readonly written: readonly Written[];
  readonly findings: readonly Finding[];
}

/** Code of the finding that a document is still a template. */
export const TEMPLATE = 'manifest.template';

/**
 * Reads every object of a file, with the place of each field. Documents that are no objects (values of a chart, say) are passed over; an object without metadata or
 * with endless aliases is an error, and so is a template (`manifest.template`), since what it will be is not known.
 */
export function readManifests(found: ManifestFile): ReadFile {
  const { file, text } = found;
  const lines = new LineIndex(text);
  const manifests = manifestsIn(found);
  const written: Written[] = [];
  const findings: Finding[] = [];
  for (const manifest of manifests) {
    if (manifest.apiVersion === undefined || manifest.kind === undefined) continue;
    const placeOf = (path: Path): Place => placed(manifest, path, lines);
    const object = objectOf(manifest);
    if (manifest.template) findings.push(templateFinding(manifest, text));
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
  return { manifests, written, findings };
}

function placed(manifest: Manifest, path: Path, lines: LineIndex): Place {
  const range = manifest.rangeOf(path);
  return { file: manifest.file, range, line: lines.positionAt(range.start).line + 1 };
}

const waits: Readonly<Record<TemplateKind, { readonly mark: RegExp; readonly message: string }>> = {
  rendered: {
    mark: /\{\{|\{%/,
    message: 'This is a template; what it becomes is not known here. Render it first and deploy the result.',
  },
  substituted: {
    mark: /\$\{/,
    message: 'Variables of this are not put in yet. Run it through envsubst or clusterctl and deploy the result.',
  },
  decrypted: { mark: /ENC\[/, message: 'This is encrypted with SOPS. Decrypt it first and deploy the result.' },
};

function templateFinding({ file, range, local }: Manifest, text: string): Finding {
  const { mark, message } = waits[local.document.templateKind ?? 'rendered'];
  const marker = text.slice(range.start, range.end).search(mark);
  const start = range.start + Math.max(0, marker);
  return { file, range: { start, end: marker < 0 ? range.end : start + 2 }, severity: 'error', code: TEMPLATE, message };
}

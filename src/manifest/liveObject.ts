import type { Finding, LivePlace } from './finding.ts';
import { LineIndex } from './lineIndex.ts';
import { type Manifest, type ManifestObject, parseManifests } from './manifest.ts';
import { type Path, pathAt } from './path.ts';
import { toYaml } from './toYaml.ts';

/** A live object with the text that rules read of it. */
export interface LiveObject {
  readonly context: string;
  readonly object: ManifestObject;
  readonly text: string;
  readonly manifest: Manifest;
}

/** What the server and its controllers write; nobody is to be accused of it. */
const bookkeeping = ['managedFields', 'resourceVersion', 'uid', 'generation', 'creationTimestamp', 'selfLink'];
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** A live object as rules read manifests: without its status and what the server keeps with it. Undefined for what cannot be written as one manifest. */
export function liveObject(context: string, object: ManifestObject): LiveObject | undefined {
  const { status: _, ...wanted } = object;
  const metadata: Record<string, unknown> = { ...object.metadata };
  for (const key of bookkeeping) delete metadata[key];
  const { [lastApplied]: __, ...annotations } = (metadata['annotations'] ?? {}) as Record<string, unknown>;
  if (metadata['annotations']) metadata['annotations'] = annotations;
  const text = toYaml({ ...wanted, metadata });
  const manifests = parseManifests(liveName(placeOf(context, object, [])), text);
  const [manifest] = manifests;
  return manifest && manifests.length === 1 ? { context, object, text, manifest } : undefined;
}

/** The place of a field of an object. */
export function placeOf(context: string, { apiVersion, kind, metadata }: ManifestObject, path: Path, line = 0): LivePlace {
  const [namespace, name] = [metadata['namespace'], metadata['name']];
  return {
    context,
    apiVersion,
    kind,
    ...(typeof namespace === 'string' ? { namespace } : {}),
    ...(typeof name === 'string' ? { name } : {}),
    path,
    line,
  };
}

/** What stands for a file where there is none: `context/namespace/apps/v1/Deployment/web`, the same for the same object at all times. */
export function liveName({ context, namespace, apiVersion, kind, name }: LivePlace): string {
  return [context, namespace, apiVersion, kind, name].filter((part) => part !== undefined).join('/');
}

/** A finding of an object's text with the field that it is about. */
export function located(finding: Finding, { context, object, text, manifest }: LiveObject): Finding {
  const { range } = finding;
  // Where one value ends the next key may begin: what is looked for lies behind that border.
  const at = pathAt(manifest.local.root, range.start - manifest.offset + (range.end > range.start ? 1 : 0));
  const lines = new LineIndex(text);
  const value = manifest.rangeOf(at.path).start;
  const lineOf = (offset: number) => lines.positionAt(offset).line;
  const line = at.onKey ? 0 : Math.max(0, lineOf(range.start) - lineOf(value));
  return { ...finding, live: placeOf(context, object, at.path, line) };
}

/** A path as people write it: `spec.ports[0].name`, `metadata.annotations[example.org/key]`. */
export function pathText(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      return /[.[\]/]/.test(step) ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`;
    })
    .join('');
}

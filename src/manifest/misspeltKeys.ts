import { isMap, isScalar, type Node, type Pair, type YAMLMap } from 'yaml';
import { type LocalFinding, pairOf } from './parse.ts';
import { rangeOf } from './path.ts';
import { keyText } from './scalars.ts';
import { nearestWord } from './schema/fieldSchema.ts';

const versions = /^(?:[a-z0-9.-]+\/)?v\d+(?:(?:alpha|beta)\d+)?$/;
const kinds = /^[A-Z][A-Za-z0-9]+$/;
/** What people write there; the rest of ObjectMeta is the server's. */
const ofMetadata = ['name', 'generateName', 'namespace', 'labels', 'annotations', 'finalizers', 'ownerReferences'];

/**
 * Keys that every object has and that are written nearly right: without them nobody knows what the document is, or the server drops what stands there. Said only where the
 * right key is not there and what stands at the wrong one would fit; other files have an apiVersion, too (a chart of Helm, a catalog of Backstage).
 * Source: Kubernetes, "Objects", Required fields; ObjectMeta of meta/v1.
 */
export function misspeltKeys(root: YAMLMap): readonly LocalFinding[] {
  const version = textOf(root, 'apiVersion');
  const kind = textOf(root, 'kind');
  if (version === undefined && kind !== undefined && kinds.test(kind)) return nearly(root, ['apiVersion'], versions);
  if (version === undefined || !versions.test(version)) return [];
  if (kind === undefined) return pairOf(root, 'metadata') ? nearly(root, ['kind'], kinds) : [];
  const metadata = pairOf(root, 'metadata')?.value;
  return isMap(metadata) ? nearly(metadata, ofMetadata) : [];
}

function nearly(map: YAMLMap, words: readonly string[], fits?: RegExp): LocalFinding[] {
  if ((map.items as Pair<Node>[]).every(({ key }) => words.includes(keyText(key)))) return [];
  const missing = words.filter((word) => !pairOf(map, word));
  return (map.items as Pair<Node, Node | null>[]).flatMap(({ key, value }): LocalFinding[] => {
    const name = keyText(key);
    if (words.includes(name) || (fits && !(isScalar(value) && fits.test(String(value.value))))) return [];
    const meant = nearestWord(name, missing);
    if (meant === undefined) return [];
    const message = `Objects have no field "${name}". Did you mean "${meant}"?`;
    const fixes = [{ title: `Replace by "${meant}"`, newText: meant, preferred: true }];
    return [{ range: rangeOf(key), severity: fits ? 'error' : 'warning', code: 'object.misspelt', message, fixes }];
  });
}

function textOf(map: YAMLMap, key: string): string | undefined {
  const value = pairOf(map, key)?.value;
  return isScalar(value) && typeof value.value === 'string' ? value.value : undefined;
}

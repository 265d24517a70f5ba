import { LineIndex } from '../../manifest/lineIndex.ts';
import { parseManifests } from '../../manifest/manifest.ts';
import type { Place } from '../types.ts';
import type { StackSource } from './stackSet.ts';

/** Where a resource is written in the templates of a stack, the outer one first; undefined where none has it. */
export function placeInTemplate({ files }: Pick<StackSource, 'files'>, resource: string): Place | undefined {
  for (const { file, text } of files.checked) {
    const [manifest] = parseManifests(file, text);
    const range = manifest?.rangeOf(['resources', resource], 'key');
    if (!range || text.slice(range.start, range.end).replace(/["']/g, '') !== resource) continue;
    return { file, range, line: new LineIndex(text).positionAt(range.start).line + 1 };
  }
  return undefined;
}

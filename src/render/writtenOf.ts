import type { Written } from '../deploy/files/written.ts';
import type { KubeObject } from '../kubernetes/cluster.ts';
import { LineIndex } from '../manifest/lineIndex.ts';
import type { RenderedCheck, RenderedObject } from './checkRendering.ts';

/** What a rendering came to as objects that are written somewhere: each with its place and that of each field in the sources. */
export function writtenOf({ objects, rendering }: Pick<RenderedCheck, 'objects' | 'rendering'>): Written[] {
  const lines = new Map([...rendering.sources].map(([file, text]) => [file, new LineIndex(text)]));
  const placed = (place: ReturnType<RenderedObject['placeOf']>) => ({
    ...place,
    line: (lines.get(place.file)?.positionAt(place.range.start).line ?? 0) + 1,
  });
  return objects.map(({ object, placeOf }, index) => ({
    object: object as KubeObject,
    source: { ...placed(placeOf([])), index },
    placeOf: (path) => placed(placeOf(path)),
  }));
}

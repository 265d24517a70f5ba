import type { Path } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import type { Place, Source } from '../types.ts';

/** An object as somebody wrote it down: what it is, where it stands, and where each of its fields stands. */
export interface Written {
  readonly object: KubeObject;
  readonly source: Source;
  /** The chart that it was rendered of, by its folder. `random`: the fields that come out otherwise each time. */
  readonly chart?: { readonly folder: string; readonly random: readonly Path[] };
  /** The place of a field, or of the nearest field above it that is written; the whole document in the end. */
  placeOf(path: Path): Place;
}

import type { KindId } from '../openstack/kinds/kinds.ts';
import type { Severity } from './finding.ts';

/**
 * How a value addresses a resource.
 *
 * - `id`, `name`, `idOrName` a text
 * - `filter` an object of conditions, read whole: a name beside tags is not a name alone
 * - `tags` a comma list
 * - `pattern` OCCM's subnet names: glob, `~` regular expression, `!` not
 * - `url` the last segment of an address is the id (Barbican)
 */
export type Addressing = 'id' | 'name' | 'idOrName' | 'filter' | 'tags' | 'pattern' | 'url';

/** Something that must be true of the resource found, told as a sentence when it is not. */
export interface Demand {
  /** Field of the resource; the host sends it along with the row's columns. */
  readonly field: string;
  /**
   * The value it must have, or the pattern (in the same object) of an id it must be; there `[*]` is the item that the reference itself is in. An id that is not written,
   * or is not known yet, demands nothing.
   */
  readonly is: { readonly value: unknown } | { readonly idAt: string };
  /** What is wrong, after the resource's name: `is not external, so no floating IP can come from it`. */
  readonly otherwise: string;
  readonly code: string;
  /** Said before the names of those that meet a demand for a value: `External here`. */
  readonly others?: string;
}

/** Where, in which manifest, a value names an OpenStack resource. From one row follow diagnostic, completion, hover, link, quick fix and inlay hint. */
export interface Rule {
  /** apiVersion and kind: `v1 Service`; `group/* Kind` for every version. */
  readonly in: string;
  /** Pattern → value that must hold in the document: `{ provisioner: 'cinder.csi.openstack.org' }`. */
  readonly when?: Readonly<Record<string, string>>;
  /** Pattern → values that make this field dead: the controller does not read it then. `anything` is every text but the empty one. */
  readonly unless?: Readonly<Record<string, readonly string[] | 'anything'>>;
  /** Pattern of the value, see path.ts. */
  readonly at: string;
  readonly to: KindId;
  readonly by: Addressing;
  /** What a value that names nothing is: `error`, something less where a controller waits or falls back, or `allow` where the field may hold something else. */
  readonly unknown: Severity | 'allow';
  /** Kinds that serve as well: what is missing there may be one of these. */
  readonly accepts?: readonly KindId[];
  /** Kinds that are mistaken for this one: a missing id is looked for there too. */
  readonly confused?: readonly KindId[];
  readonly demands?: readonly Demand[];
  /** How the field is called in a sentence; the last part of `at` by default. */
  readonly field?: string;
  /** Filters: key of the manifest → field of the resource, where they differ. A key mapped to `null` cannot be checked here, so the filter is not. */
  readonly filterKeys?: Readonly<Record<string, string | null>>;
  /** Said after a miss: what the controller will do. */
  readonly consequence?: string;
}

/** What one key may hold. `words`: one of these; `integer`: decimal digits within bounds. A controller takes its default silently for anything else. */
export interface FixedValue {
  readonly words?: readonly string[];
  readonly integer?: { readonly from: number; readonly to?: number };
}

/** A mapping of texts to texts in which a controller reads certain keys, and what each may hold. */
export interface FixedValues {
  /** apiVersion and kind. */
  readonly in: string;
  /** Pattern → value that must hold in the document. */
  readonly when?: Readonly<Record<string, string>>;
  /** Pattern of the mapping. */
  readonly at: string;
  /** How a key is called, in sentences and in the codes of findings. */
  readonly called: 'annotation' | 'parameter';
  /** Who reads it: `The cloud controller manager`. */
  readonly reader: string;
  readonly keys: Readonly<Record<string, FixedValue>>;
  /** Which keys are this reader's: one that is not in `keys` does nothing. */
  readonly own: RegExp;
  /** Words of other drivers → ours. */
  readonly meant?: Readonly<Record<string, string>>;
}

import type { KindId } from '../openstack/kinds/kinds.ts';
import type { Severity } from './finding.ts';

/**
 * How a value addresses a resource.
 *
 * - `id`, `name`, `idOrName` a text
 * - `filter` an object of conditions, read whole: a name beside tags is not a name alone
 * - `tags` a comma list
 * - `host` host names, each in a zone; several with commas between them
 * - `pattern` OCCM's subnet names: glob, `~` regular expression, `!` not
 * - `url` the last segment of an address is the id (Barbican)
 */
export type Addressing = 'id' | 'name' | 'idOrName' | 'filter' | 'tags' | 'host' | 'pattern' | 'url';

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
  /** An error when undefined. */
  readonly severity?: Severity;
  /** Said before the names of those that meet a demand for a value: `External here`. */
  readonly others?: string;
}

/** Where, in which manifest, a value names an OpenStack resource. From one row follow diagnostic, completion, hover, link, quick fix and inlay hint. */
export interface Rule {
  /** apiVersion and kind: `v1 Service`; or what a document or file without a kind is called: `cloud.conf`, see form.ts. */
  readonly in: string;
  /** Pattern → value that must stand there in the document: `{ provisioner: 'cinder.csi.openstack.org' }`; `anything` is whatever is not empty. */
  readonly when?: Readonly<Record<string, string>>;
  /** Pattern → value that must stand there in the same items: there `[*]` is the item that the value itself is in. */
  readonly beside?: Readonly<Record<string, string>>;
  /** Pattern → values that make this field dead: the controller does not read it then. `anything` is every text but the empty one. */
  readonly unless?: Readonly<Record<string, readonly string[] | 'anything'>>;
  /** Pattern of the value, see path.ts. */
  readonly at: string;
  readonly to: KindId;
  readonly by: Addressing;
  /** Only this part of the text names the resource, its first group: `--cluster-name=(.+)`. */
  readonly part?: RegExp;
  /** What a value that names nothing is: `error`, something less where a controller waits or falls back, or `allow` where the field may hold something else. */
  readonly unknown: Severity | 'allow';
  /** Of several of one name all are `used`, or more is said elsewhere of which is meant (`told`); else that is an error. */
  readonly several?: 'used' | 'told';
  /** Kinds that serve as well: what is missing there may be one of these. */
  readonly accepts?: readonly KindId[];
  /** Kinds that are mistaken for this one: a missing id is looked for there too. */
  readonly confused?: readonly KindId[];
  readonly demands?: readonly Demand[];
  /** How the field is called in a sentence; the last part of `at` by default. */
  readonly field?: string;
  /** Filters: key of the manifest → field of the resource, where they differ. A key mapped to `null` cannot be checked here, so the filter is not. */
  readonly filterKeys?: Readonly<Record<string, string | null>>;
  /** What it is when it was looked for with the very credentials that the manifest names; as {@link unknown} when undefined. */
  readonly unknownToUser?: Severity;
  /** Said after a miss: what the controller will do. */
  readonly consequence?: string;
}

/**
 * What one key may hold. `words`: one of these; `integer`: decimal digits within bounds; `truth`: a boolean of git's configuration; `duration`: Go's, with a unit.
 * `otherwise` says what becomes of another value, where it is not what becomes of those of its table.
 */
export interface FixedValue {
  readonly words?: readonly string[];
  readonly integer?: { readonly from: number; readonly to?: number };
  readonly truth?: true;
  readonly duration?: true;
  readonly otherwise?: Otherwise;
}

/** What becomes of a wrong value, said behind it (`counts as not set`), and how much that matters. */
export interface Otherwise {
  readonly said: string;
  readonly severity: Severity;
}

/** A mapping of texts to texts in which a controller reads certain keys, and what each may hold. */
export interface FixedValues {
  /** As of a {@link Rule}. */
  readonly in: string;
  /** Pattern → value that must stand there in the document. */
  readonly when?: Readonly<Record<string, string>>;
  /** Pattern of the mapping; the root when empty. */
  readonly at: string;
  /** How a key is called, in sentences and in the codes of findings. */
  readonly called: 'annotation' | 'parameter' | 'setting' | 'section' | 'property';
  /** Who reads it: `The cloud controller manager`. */
  readonly reader: string;
  readonly keys: Readonly<Record<string, FixedValue>>;
  /** Which keys are this reader's: one that is not in `keys` does nothing. */
  readonly own: RegExp;
  /** Numbers and booleans may stand here as well as texts. */
  readonly typed?: true;
  /** Others read keys of their own here: only what is nearly one of `keys`, or in `meant`, is told. */
  readonly shared?: true;
  /** Words of other drivers → ours. */
  readonly meant?: Readonly<Record<string, string>>;
  /** A warning that it counts as not set when undefined. A number out of bounds is a warning always: it is read all the same. */
  readonly otherwise?: Otherwise;
}

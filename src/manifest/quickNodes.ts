import { type Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';

type Schema = Document['schema'];
type Range = [number, number, number];

/** Makes collections of one schema. */
export interface Collections {
  readonly map: (items: Pair[], range: Range) => YAMLMap;
  readonly seq: (items: Node[], range: Range) => YAMLSeq;
}

/**
 * A prototype that holds what the constructor of a node defines anew for each, and slowly: the mark of its kind, and the schema of a collection. What is made of it is that node to every
 * function of the `yaml` package (isMap, visit, getIn), for they ask for the mark.
 */
function prototypeOf<N extends object>(sample: N): N {
  const own = Object.entries(Object.getOwnPropertyDescriptors(sample)).filter(([key]) => key === 'schema');
  const marks = Object.getOwnPropertySymbols(sample).map(
    (mark) => [mark, Object.getOwnPropertyDescriptor(sample, mark) ?? {}] as const,
  );
  return Object.create(Object.getPrototypeOf(sample), Object.fromEntries<PropertyDescriptor>([...own, ...marks]));
}

const scalarPrototype = prototypeOf(new Scalar(null));
const pairPrototype = prototypeOf(new Pair<Node, Node>(new Scalar(null)));
const known = new WeakMap<Schema, Collections>();

/** Those of a schema, made once. */
export function collectionsOf(schema: Schema): Collections {
  const found = known.get(schema) ?? makersOf(schema);
  known.set(schema, found);
  return found;
}

function makersOf(schema: Schema): Collections {
  const [mapPrototype, seqPrototype] = [
    Object.defineProperty(prototypeOf(new YAMLMap(schema)), 'items', movedItems),
    Object.defineProperty(prototypeOf(new YAMLSeq(schema)), 'items', movedItems),
  ];
  return {
    map: (items, range) => madeOf<YAMLMap>(mapPrototype, items, range),
    seq: (items, range) => madeOf<YAMLSeq>(seqPrototype, items, range),
  };
}

/** What a collection made here has beside the fields of the package: what stands in it, and how far that is still to be moved. */
interface Owing {
  held: readonly unknown[];
  owed: number;
}

function madeOf<C extends YAMLMap | YAMLSeq>(prototype: C, items: readonly unknown[], range: Range): C {
  const made: C & Owing = Object.create(prototype);
  made.held = items;
  made.owed = 0;
  made.range = range;
  return made;
}

/** `items` of a collection made here: what stands in it is moved when somebody looks for it. */
const movedItems: PropertyDescriptor & ThisType<Owing> = {
  configurable: true,
  enumerable: true,
  get() {
    if (this.owed !== 0) {
      const by = this.owed;
      this.owed = 0;
      moveEach(this.held, by);
    }
    return this.held;
  },
  set(held: readonly unknown[]) {
    this.held = held;
  },
};

/**
 * Moves a node that stands behind an edit, and all that is in it: of a collection made here when somebody looks into it, for at a keystroke in a long document nobody looks into
 * most of what moves.
 */
export function moveNode(node: unknown, by: number): void {
  if (typeof node !== 'object' || node === null) return;
  const { range, owed } = node as Partial<YAMLSeq & Owing>;
  if (range) {
    range[0] += by;
    range[1] += by;
    range[2] += by;
  }
  if (owed !== undefined) (node as Owing).owed = owed + by;
  else moveEach((node as Partial<YAMLSeq>).items ?? [], by);
}

function moveEach(items: readonly unknown[], by: number): void {
  for (const item of items) {
    if (typeof item === 'object' && item !== null && 'key' in item) {
      moveNode(item.key, by);
      moveNode((item as Pair).value, by);
    } else moveNode(item, by);
  }
}

export function scalarOf(value: unknown, source: string, type: Scalar.Type, range: Range): Scalar {
  const scalar: Scalar = Object.create(scalarPrototype);
  scalar.value = value;
  scalar.range = range;
  scalar.source = source;
  scalar.type = type;
  return scalar;
}

export function pairOf(key: Node, value: Node): Pair<Node, Node> {
  const pair: Pair<Node, Node> = Object.create(pairPrototype);
  pair.key = key;
  pair.value = value;
  return pair;
}

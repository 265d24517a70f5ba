import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';

type Schema = Document['schema'];
type Range = [number, number, number];
/** A node made here. */
export type QuickNode = Node & Placed;

/** Makes collections of one schema, and documents of it. */
export interface Collections {
  readonly map: (items: readonly Pair[], start: number, end: number, nodeEnd: number) => YAMLMap & Placed;
  readonly seq: (items: readonly Node[], start: number, end: number, nodeEnd: number) => YAMLSeq & Placed;
  readonly document: (contents: Node, errors: Document['errors']) => Document<Node>;
}

/** Where a node made here stands. Its range is made of that for whoever asks: three numbers take a third of what an array of them does, and a tree has as many as it has nodes. */
class Placed {
  start: number;
  end: number;
  nodeEnd: number;

  constructor(start: number, end: number, nodeEnd: number) {
    this.start = start;
    this.end = end;
    this.nodeEnd = nodeEnd;
  }
}

class PlacedScalar extends Placed {
  value: unknown;
  source: string;
  type: Scalar.Type;

  constructor(value: unknown, source: string, type: Scalar.Type, start: number, end: number, nodeEnd: number) {
    super(start, end, nodeEnd);
    this.value = value;
    this.source = source;
    this.type = type;
  }
}

class PlacedCollection extends Placed {
  held: readonly unknown[];
  /** How far what stands in it is still to be moved. */
  owed: number;

  constructor(held: readonly unknown[], start: number, end: number, nodeEnd: number) {
    super(start, end, nodeEnd);
    this.held = held;
    this.owed = 0;
  }
}

class KeyAndValue {
  key: Node;
  value: Node;

  constructor(key: Node, value: Node) {
    this.key = key;
    this.value = value;
  }
}

const range: PropertyDescriptor & ThisType<Placed> = {
  configurable: true,
  get(): Range {
    return [this.start, this.end, this.nodeEnd];
  },
  set([start, end, nodeEnd]: Range) {
    this.start = start;
    this.end = end;
    this.nodeEnd = nodeEnd;
  },
};

/** What stands in a collection is moved when somebody looks for it. */
const items: PropertyDescriptor & ThisType<PlacedCollection> = {
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
 * A class of what is a node to every function of the `yaml` package (isMap, visit, getIn), for they ask for its mark: the prototype has it, and whatever else is the same of all. The package's own
 * constructors define the mark of each node anew, which is slow.
 */
function nodeClass<A extends readonly unknown[], R extends object, N extends object>(
  made: new (...args: A) => R,
  sample: N,
  same: PropertyDescriptorMap = {},
): new (
  ...args: A
) => N & R {
  const marks = Object.getOwnPropertySymbols(sample).map(
    (mark) => [mark, Object.getOwnPropertyDescriptor(sample, mark) ?? {}] as const,
  );
  const own: PropertyDescriptorMap = { ...Object.fromEntries<PropertyDescriptor>(marks), ...same };
  Object.setPrototypeOf(made.prototype, Object.create(Object.getPrototypeOf(sample), own));
  return made as new (
    ...args: A
  ) => N & R;
}

const QuickScalar = nodeClass(PlacedScalar, new Scalar(null), { range });
const QuickPair = nodeClass(KeyAndValue, new Pair<Node, Node>(new Scalar(null)));
const known = new WeakMap<Schema, Collections>();

/** Those of a schema, made once. */
export function collectionsOf(schema: Schema): Collections {
  const found = known.get(schema) ?? makersOf(schema);
  known.set(schema, found);
  return found;
}

function makersOf(schema: Schema): Collections {
  const same = { range, items, schema: { value: schema, configurable: true, writable: true } };
  const QuickMap = nodeClass(class extends PlacedCollection {}, new YAMLMap(schema), same);
  const QuickSeq = nodeClass(class extends PlacedCollection {}, new YAMLSeq(schema), same);
  const document = new Document<Node>(undefined, { schema });
  return {
    map: (held, start, end, nodeEnd) => new QuickMap(held, start, end, nodeEnd),
    seq: (held, start, end, nodeEnd) => new QuickSeq(held, start, end, nodeEnd),
    document: (contents, errors) => {
      const made: Document<Node> = Object.create(document);
      made.contents = contents;
      made.errors = errors;
      made.warnings = [];
      return made;
    },
  };
}

/**
 * Moves a node that stands behind an edit, and all that is in it: of a collection made here when somebody looks into it, for at a keystroke in a long document nobody looks into
 * most of what moves.
 */
export function moveNode(node: unknown, by: number): void {
  if (typeof node !== 'object' || node === null) return;
  if ('nodeEnd' in node) {
    const placed = node as Placed & Partial<PlacedCollection>;
    placed.start += by;
    placed.end += by;
    placed.nodeEnd += by;
    if (placed.owed !== undefined) placed.owed += by;
    return;
  }
  const { range, items } = node as Partial<YAMLSeq>;
  if (range) {
    range[0] += by;
    range[1] += by;
    range[2] += by;
  }
  moveEach(items ?? [], by);
}

function moveEach(items: readonly unknown[], by: number): void {
  for (const item of items) {
    if (typeof item === 'object' && item !== null && 'key' in item) {
      moveNode(item.key, by);
      moveNode((item as Pair).value, by);
    } else moveNode(item, by);
  }
}

/** How long the text of a node is, all that belongs to it included. */
export function lengthOf(node: Node): number {
  if ('nodeEnd' in node) return (node as QuickNode).nodeEnd - (node as QuickNode).start;
  return node.range ? node.range[2] - node.range[0] : 0;
}

export function scalarOf(
  value: unknown,
  source: string,
  type: Scalar.Type,
  start: number,
  end: number,
  nodeEnd: number,
): Scalar & Placed {
  return new QuickScalar(value, source, type, start, end, nodeEnd);
}

export function pairOf(key: Node, value: Node): Pair<Node, Node> {
  return new QuickPair(key, value);
}

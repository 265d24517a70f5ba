import { isMap, isScalar, isSeq, type Node, Pair, type Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { LocalManifest } from './manifest.ts';
import { keyText, pairOf, resolved } from './parse.ts';
import { type Path, textAt } from './path.ts';

/** Kinds of resources that hold the definition of another, and where. Source: heat, `heat/engine/resources/openstack/heat/resource_group.py`, `autoscaling_group.py`, `resource_chain.py`. */
const nested: Readonly<Record<string, readonly string[]>> = {
  'OS::Heat::ResourceGroup': ['properties', 'resource_def'],
  'OS::Heat::AutoScalingGroup': ['properties', 'resource'],
};

/** Functions of all versions: a mapping with one of them as its only key is not what it will be. Source: heat, `heat/engine/hot/template.py`. */
const functions =
  /^(?:get_(?:param|resource|attr|file)|str_(?:replace|split)\w*|list_\w+|resource_facade|repeat|digest|map_(?:merge|replace)|yaql|if|filter|make_url|contains|equals|not|and|or|Fn::\w+|Ref)$/;

/**
 * What rules speak of in a Heat template, each by itself: the properties of a resource (called by its type: `OS::Nova::Server`), and a parameter with a constraint that
 * names a kind of resource (`constraint nova.flavor`). A value that is a `get_param` is the default of that parameter; what another function makes is not known.
 */
export function partsOfTemplate(manifest: LocalManifest): readonly LocalManifest[] {
  const defaults = new Set<Node>();
  const parameters = mapAt(manifest.root, 'parameters', manifest);
  const literal = new Literals(manifest, parameters, defaults);
  const resources = pairsOf(mapAt(manifest.root, 'resources', manifest)).flatMap(({ key, value }) =>
    ofResource(resolved(value, manifest.tree), ['resources', keyText(key)], manifest, literal),
  );
  const constrained = pairsOf(parameters).flatMap(({ key, value }) => {
    const root = resolved(value, manifest.tree);
    return isMap(root) ? ofParameter(root, ['parameters', keyText(key)], manifest, defaults) : [];
  });
  return [...constrained, ...resources].map((part) => ({ ...part, defaults }));
}

function ofResource(node: Node | undefined, at: Path, manifest: LocalManifest, literal: Literals): LocalManifest[] {
  if (!isMap(node)) return [];
  const type = textAt(node, 'type', manifest.tree);
  // Of a resource that is there already the properties are not looked at.
  if (type === undefined || pairOf(node, 'external_id')) return [];
  const properties = mapAt(node, 'properties', manifest);
  const deeper = nested[type];
  const within = deeper?.reduce<Node | undefined>((one, key) => (isMap(one) ? mapAt(one, key, manifest) : undefined), node);
  // Whether one that hangs on a condition comes to be is decided by the same values that a default stands for.
  const isSure = !pairOf(node, 'condition');
  const root = properties ? literal.map(properties, isSure) : new YAMLMap();
  if (!properties) root.range = node.range ?? null;
  const own: LocalManifest = { ...manifest, root, form: type, at: [...at, 'properties'] };
  return [own, ...(deeper ? ofResource(within, [...at, ...deeper], manifest, literal) : [])];
}

function ofParameter(root: YAMLMap, at: Path, manifest: LocalManifest, defaults: Set<Node>): LocalManifest[] {
  const constraints = resolved(pairOf(root, 'constraints')?.value, manifest.tree);
  const value = resolved(pairOf(root, 'default')?.value, manifest.tree);
  if (value) defaults.add(value);
  return (isSeq(constraints) ? constraints.items : []).flatMap((item): LocalManifest[] => {
    const name = textAt(resolved(item, manifest.tree), 'custom_constraint', manifest.tree);
    return name === undefined ? [] : [{ ...manifest, root, form: `constraint ${name}`, at }];
  });
}

/** Values with functions taken out: what a parameter stands for is put in, what is not known yet has no value. Nodes keep their ranges. */
class Literals {
  readonly #manifest: LocalManifest;
  readonly #parameters: ReadonlyMap<string, Node | undefined>;
  readonly #defaults: Set<Node>;

  constructor(manifest: LocalManifest, parameters: YAMLMap | undefined, defaults: Set<Node>) {
    this.#manifest = manifest;
    this.#parameters = new Map(pairsOf(parameters).map(({ key, value }) => [keyText(key), resolved(value, manifest.tree)]));
    this.#defaults = defaults;
  }

  map(map: YAMLMap, withDefaults: boolean): YAMLMap {
    const copy = new YAMLMap();
    copy.range = map.range ?? null;
    copy.items = pairsOf(map).map(
      ({ key, value }) => new Pair(key, this.#value(resolved(value, this.#manifest.tree), withDefaults) ?? null),
    );
    return copy;
  }

  #value(node: Node | undefined, withDefaults: boolean): Node | undefined {
    if (isMap(node)) {
      const [first] = node.items;
      const called = node.items.length === 1 ? keyText(first?.key) : '';
      if (called === 'get_param') return withDefaults ? this.#parameter(resolved(first?.value, this.#manifest.tree)) : undefined;
      return functions.test(called) ? undefined : this.map(node, withDefaults);
    }
    if (isSeq(node)) {
      const copy = new YAMLSeq();
      copy.range = node.range ?? null;
      copy.items = node.items.map((item) => this.#value(resolved(item, this.#manifest.tree), withDefaults) ?? null);
      return copy;
    }
    // The number of a member of a group is put in where this stands.
    return isScalar(node) && /%\w+%/.test(String(node.value)) ? undefined : node;
  }

  #parameter(name: Node | undefined): Node | undefined {
    const parameter = isScalar(name) ? this.#parameters.get(String(name.value)) : undefined;
    const value = isMap(parameter) ? resolved(pairOf(parameter, 'default')?.value, this.#manifest.tree) : undefined;
    // A list or mapping may be written as a text, which only Heat takes apart.
    if (!isScalar(value) || !/^(?:string|number|boolean)$/.test(String(textAt(parameter, 'type', this.#manifest.tree))))
      return undefined;
    this.#defaults.add(value);
    return value;
  }
}

export function mapAt(map: YAMLMap, key: string, { tree }: LocalManifest): YAMLMap | undefined {
  const value = resolved(pairOf(map, key)?.value, tree);
  return isMap(value) ? value : undefined;
}

export function pairsOf(map: YAMLMap | undefined): readonly Pair<Scalar, Node | null>[] {
  return (map?.items ?? []) as Pair<Scalar, Node | null>[];
}

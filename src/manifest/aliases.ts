import { type Alias, type Document, isAlias, isCollection, isScalar, type Node, visit } from 'yaml';

const known = new WeakMap<Document, ReadonlyMap<Alias, Node>>();

/** What the aliases of a tree stand for: the last anchor of their name above them. Gone through once for all of them, where `Alias.resolve` goes through the tree for each. */
export function aliasTarget(alias: Alias, tree: Document): Node | undefined {
  const targets = known.get(tree) ?? targetsIn(tree);
  known.set(tree, targets);
  return targets.get(alias);
}

function targetsIn(tree: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(tree, {
    Node: (_key, node) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target) targets.set(node, target);
      } else if ((isScalar(node) || isCollection(node)) && node.anchor) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

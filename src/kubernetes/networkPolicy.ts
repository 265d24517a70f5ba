import { field, listAt, numberAt, textAt } from '../base/fields.ts';
import type { KubeObject } from './cluster.ts';
import { type LabelSelector, selectorText } from './labelSelector.ts';

/** The label that every namespace bears, with its own name (Kubernetes, "Automatic labelling"). */
const namespaceName = 'kubernetes.io/metadata.name';

/** A direction of traffic: where its rules stand, who is named in them, and its words. */
interface Direction {
  readonly type: string;
  readonly rules: string;
  readonly peers: string;
  readonly toward: string;
  readonly pods: string;
}

const directions: readonly Direction[] = [
  { type: 'Ingress', rules: 'ingress', peers: 'from', toward: 'from', pods: 'to these pods' },
  { type: 'Egress', rules: 'egress', peers: 'to', toward: 'to', pods: 'from these pods' },
];

/**
 * What a NetworkPolicy does, in words, a sentence for each direction that it governs: `allows TCP 80 from namespace shop; everything else to these pods is denied`.
 * Other policies may allow more. Source: networking.k8s.io/v1, NetworkPolicySpec.
 */
export function policySentences(policy: KubeObject): readonly string[] {
  const types = listAt(policy, 'spec', 'policyTypes');
  return directions
    .filter(({ type, rules }) =>
      types.length > 0 ? types.includes(type) : type === 'Ingress' || rulesOf(policy, rules).length > 0,
    )
    .map((direction) => sentence(policy, direction));
}

/** Which pods it is about: `all pods of the namespace`, `pods app=web`. */
export function policyPods(policy: KubeObject): string {
  return podsWords(selectorAt(policy, 'spec', 'podSelector'), 'all pods of the namespace');
}

function sentence(policy: KubeObject, { rules, peers, toward, pods }: Direction): string {
  const all = rulesOf(policy, rules);
  if (all.length === 0) return `denies everything ${pods}`;
  const allowed = all.map((rule) => {
    const [what, whom] = [listAt(rule, 'ports'), listAt(rule, peers)];
    if (what.length === 0 && whom.length === 0) return undefined;
    const who = whom.length === 0 ? ` ${toward} anywhere` : ` ${toward} ${inWords(whom.map(peerWords))}`;
    return `allows ${what.length === 0 ? 'everything' : portWords(what)}${who}`;
  });
  // A rule that names nothing holds for all.
  if (allowed.includes(undefined)) return `allows everything ${pods}`;
  return `${allowed.join('; ')}; everything else ${pods} is denied`;
}

function rulesOf(policy: KubeObject, rules: string): readonly unknown[] {
  return listAt(policy, 'spec', rules);
}

/** `TCP 80 and 443, UDP 53`. */
function portWords(ports: readonly unknown[]): string {
  const byProtocol = Map.groupBy(ports, (one) => textAt(one, 'protocol') ?? 'TCP');
  return [...byProtocol]
    .map(([protocol, some]) => {
      if (some.some((one) => field(one, 'port') === undefined)) return `all ${protocol}`;
      return `${protocol} ${inWords(some.map(numberWords))}`;
    })
    .join(', ');
}

function numberWords(one: unknown): string {
  const [port, end] = [field(one, 'port'), numberAt(one, 'endPort')];
  return end === undefined ? String(port) : `${port}–${end}`;
}

function peerWords(peer: unknown): string {
  const cidr = textAt(peer, 'ipBlock', 'cidr');
  if (cidr !== undefined) {
    const except = listAt(peer, 'ipBlock', 'except').map(String);
    return except.length === 0 ? cidr : `${cidr} except ${inWords(except)}`;
  }
  const [pods, spaces] = [selectorAt(peer, 'podSelector'), selectorAt(peer, 'namespaceSelector')];
  if (!spaces) return podsWords(pods ?? {}, 'all pods of this namespace');
  const where = spaceWords(spaces);
  return pods && selectorText(pods) !== '' ? `${podsWords(pods, '')} in ${where}` : where;
}

function podsWords(selector: LabelSelector | undefined, all: string): string {
  const text = selectorText(selector ?? {});
  return text === '' ? all : `pods ${text}`;
}

function spaceWords(selector: LabelSelector): string {
  const text = selectorText(selector);
  if (text === '') return 'all namespaces';
  const name = textAt(selector, 'matchLabels', namespaceName);
  return text === `${namespaceName}=${name}` ? `namespace ${name}` : `namespaces ${text}`;
}

function selectorAt(tree: unknown, ...path: readonly string[]): LabelSelector | undefined {
  const value = field(tree, ...path);
  return typeof value === 'object' && value !== null ? value : undefined;
}

/** `a, b and c`. */
function inWords(words: readonly string[]): string {
  const [last, ...others] = [...words].reverse();
  return others.length === 0 ? (last ?? '') : `${others.reverse().join(', ')} and ${last}`;
}

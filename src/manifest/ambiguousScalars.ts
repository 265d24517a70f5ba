import { isMap, isPair, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { LongNodes } from './longNodes.ts';
import type { LocalManifest } from './manifest.ts';
import { ordinaryTrees } from './ordinaryTrees.ts';
import type { LocalFinding } from './parse.ts';
import { nodeAt, nodesAt, rangeOf } from './path.ts';
import { keyText, losesDigits, surprise } from './scalars.ts';

/** Where the API takes texts only (`map[string]string`, `[]string`, `string` of the Kubernetes API reference): a mapping of texts, a list of them, or one text. */
interface TextField {
  /** apiVersion and kind; every manifest when undefined. */
  readonly in?: RegExp;
  /** What it stands below, found once for all that do; the root when undefined. */
  readonly below?: string;
  readonly at: string;
  /** Called so in a sentence. */
  readonly called: string;
}

const pods: readonly (readonly [kinds: RegExp, at: string])[] = [
  [/^v1 Pod$/, 'spec'],
  [
    /^v1 ReplicationController$|^apps\/\S+ (?:Deployment|StatefulSet|DaemonSet|ReplicaSet)$|^batch\/\S+ Job$/,
    'spec.template.spec',
  ],
  [/^batch\/\S+ CronJob$/, 'spec.jobTemplate.spec.template.spec'],
];
const ofPods: readonly (readonly [at: string, called: string])[] = [
  ['nodeSelector', 'nodeSelector'],
  ['containers[*].env[*].value', 'env'],
  ['initContainers[*].env[*].value', 'env'],
  ['containers[*].args', 'args'],
  ['containers[*].command', 'command'],
  ['initContainers[*].args', 'args'],
  ['initContainers[*].command', 'command'],
];

const fields: readonly TextField[] = [
  { at: 'metadata.labels', called: 'labels' },
  { at: 'metadata.annotations', called: 'annotations' },
  { in: /^v1 ConfigMap$/, at: 'data', called: 'the data of a ConfigMap' },
  { in: /^v1 Secret$/, at: 'stringData', called: 'the stringData of a Secret' },
  { in: /^v1 Secret$/, at: 'data', called: 'the data of a Secret' },
  { in: /^v1 Service$/, at: 'spec.selector', called: 'a selector' },
  { in: /^apps\/\S+ \w+$/, at: 'spec.selector.matchLabels', called: 'matchLabels' },
  { in: /^storage\.k8s\.io\/\S+ StorageClass$/, at: 'parameters', called: 'parameters' },
  { in: /^v1 PersistentVolume$/, at: 'spec.csi.volumeAttributes', called: 'volumeAttributes' },
  ...pods.flatMap(([kinds, spec]) => ofPods.map(([at, called]) => ({ in: kinds, below: spec, at, called }))),
  ...pods
    .slice(1)
    .flatMap(([kinds, spec]) =>
      ['labels', 'annotations'].map((called) => ({ in: kinds, at: `${spec.replace(/spec$/, 'metadata')}.${called}`, called })),
    ),
];

const byForm = new Map<string, readonly TextField[]>();
/** A kind that is being typed is another one at each keystroke. */
const mostForms = 1000;

/** Those of apiVersion and kind: looked for in the table once, for a file may hold thousands of a kind. */
function fieldsOf(form: string): readonly TextField[] {
  const known = byForm.get(form) ?? fields.filter((field) => !field.in || field.in.test(form));
  if (byForm.size >= mostForms) byForm.clear();
  byForm.set(form, known);
  return known;
}

/** Keys whose number is a name: 1.30 is not 1.3. */
const versions = /(?:[vV]ersion|[tT]ag|[rR]elease)$/;

/**
 * Scalars that kubectl reads otherwise than they look. Where the API takes a text, a number or a boolean is refused: an error. Elsewhere a word: what kubectl makes of `yes`,
 * `0644`, `1_000`. Each with the quotes as quick fix.
 */
export function scalarFindings(manifest: LocalManifest): readonly LocalFinding[] {
  const { apiVersion, kind, root } = manifest;
  if (apiVersion === undefined || kind === undefined) return [];
  let refused: Map<Node, LocalFinding> | undefined;
  let below: string | undefined;
  let from: Node | undefined = root;
  for (const field of fieldsOf(`${apiVersion} ${kind}`)) {
    if (field.below !== below) from = field.below === undefined ? root : nodeAt(root, field.below, manifest.tree);
    below = field.below;
    for (const scalar of scalarsAt(from, field.at, manifest))
      if (
        scalar.value !== null &&
        typeof scalar.value !== 'string' &&
        // `!!binary` is decoded to a text.
        !(scalar.value instanceof Uint8Array) &&
        typeof scalar.source === 'string' &&
        scalar.type === 'PLAIN'
      ) {
        refused ??= new Map();
        refused.set(scalar, notText(scalar, field, kind));
      }
  }
  if (ordinaryTrees.has(manifest.tree))
    return refused ? [...refused.values()].sort((one, other) => one.range.start - other.range.start) : nothing;
  const found: LocalFinding[] = [];
  const starts = [...(refused?.keys() ?? nothing)].map(({ range }) => range?.[0] ?? 0);
  const look = (node: unknown, isKey: boolean, named: unknown): void => {
    if (isMap(node) || isSeq(node)) {
      if (clear.get(node) && !holdsOne(node, starts)) return;
      const before = found.length;
      if (isSeq(node)) for (const item of node.items) look(isPair(item) ? item.value : item, false, undefined);
      else
        for (const { key, value } of node.items) {
          look(key, true, undefined);
          look(value, false, key);
        }
      if (found.length === before) clear.set(node, true);
    } else if (isScalar(node)) {
      const finding = refused?.get(node) ?? (node.type === 'PLAIN' ? readOtherwise(node, isKey, named) : undefined);
      if (finding) found.push(finding);
    }
  };
  look(root, false, undefined);
  return found;
}

/** Those in which no scalar reads otherwise than it looks, wherever they stand. */
const clear = new LongNodes<true>();

function holdsOne({ range }: Node, places: readonly number[]): boolean {
  const [start, end] = range ?? [0, Number.POSITIVE_INFINITY];
  return places.some((place) => place >= start && place < end);
}

const nothing: readonly never[] = [];

/** The texts at a place, and those in a mapping or a list there. */
function scalarsAt(from: Node | undefined, at: string, { tree }: LocalManifest): readonly Scalar[] {
  const all = nodesAt(from, at, tree);
  if (all.length === 0) return nothing;
  const scalars: Scalar[] = [];
  for (const node of all) {
    if (isScalar(node)) scalars.push(node);
    else if (isMap(node) || isSeq(node))
      for (const item of node.items) {
        const one = isPair(item) ? item.value : item;
        if (isScalar(one)) scalars.push(one);
      }
  }
  return scalars;
}

function notText(scalar: Scalar, { called }: TextField, kind: string): LocalFinding {
  const refused = `but only texts may stand in ${called}: the API server refuses this ${kind}.`;
  const at = { range: rangeOf(scalar), severity: 'error', code: 'yaml.notText' } as const;
  // What a Secret holds is in no message.
  if (kind === 'Secret' && scalar.value !== null) {
    const what = typeof scalar.value === 'bigint' ? 'number' : typeof scalar.value;
    const fix = { ...quote(scalar), title: 'Put it in quotes', secret: true } as const;
    return { ...at, message: `kubectl reads this as a ${what}, ${refused} Put it in quotes.`, fixes: [fix] };
  }
  const message = `kubectl reads ${scalar.source} as ${readAs(scalar)}, ${refused} Write ${quoted(scalar)}.`;
  return { ...at, message, fixes: [quote(scalar)] };
}

function readAs({ value, source }: Scalar): string {
  return String(value) === source ? `a ${typeof value === 'bigint' ? 'number' : typeof value}` : String(value);
}

function readOtherwise(node: Scalar, isKey: boolean, named: unknown): LocalFinding | undefined {
  const { source = '', tag } = node;
  // With a tag it is what the tag says.
  if (tag !== undefined) return undefined;
  const isVersion = !isKey && typeof node.value === 'number' && losesDigits(source) && versions.test(keyText(named));
  const read = isVersion ? String(node.value) : surprise(source);
  if (read === undefined) return undefined;
  const what = isKey ? `the key "${read}"` : read;
  // A mode such as 0644 is meant to be octal; what reads as a boolean seldom is meant so; digits are never meant to be lost, and a
  // key `y` or `on` is another key then.
  const isRounded = /^[-+]?[1-9]\d+$/.test(source);
  const severity = isVersion || isRounded || isKey ? 'warning' : /^[-+]?\d/.test(source) ? 'hint' : 'information';
  const message = `kubectl reads ${source} as ${what}. Quote it if a text is meant.`;
  return { range: rangeOf(node), severity, code: 'yaml.ambiguous', message, fixes: [quote(node)] };
}

function quoted({ source = '' }: Scalar): string {
  return `"${source}"`;
}

function quote(scalar: Scalar): { title: string; newText: string; preferred: boolean } {
  return { title: `Write ${quoted(scalar)}`, newText: quoted(scalar), preferred: true };
}

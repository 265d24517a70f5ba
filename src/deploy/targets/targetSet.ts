import { posix } from 'node:path';
import { type Document, isMap, isNode, isScalar, isSeq, type Node, parseDocument, YAMLMap } from 'yaml';
import { failed, type Result, success } from '../../base/failure.ts';
import type { Binding } from '../../binding/binding.ts';
import { LineIndex } from '../../manifest/lineIndex.ts';
import { type WrittenCheck, writtenChecks } from '../checks/readChecks.ts';
import { fileName } from '../files/fileName.ts';
import type { Place } from '../types.ts';

/** One of several places where the same deploy goes, with what is its own. */
export interface TargetEntry extends Binding {
  /** How it is called in sentences; unique in its set. */
  readonly name: string;
  readonly context: string;
  /** Files and folders that are deployed there: a kustomize overlay of its own, say. */
  readonly paths: readonly string[];
  /** Files of patches, in the order in which they count. */
  readonly patches: readonly string[];
  /** Values files for its charts, in the order in which they count. */
  readonly values: readonly string[];
  /** Checks of one's own once it is up: those beside the targets, then its own. */
  readonly checks?: readonly WrittenCheck[];
  /** The uid that namespace `kube-system` must have there, if the set says one. */
  readonly clusterUid?: string;
  /** When its turn comes, from 1; those of one wave go together. */
  readonly wave: number;
  /** Where it is written. */
  readonly place: Place;
}

/** A file that says where one deploy goes. */
export interface TargetSet {
  readonly file: string;
  /** In the order of their waves, then as written. */
  readonly targets: readonly TargetEntry[];
  /** So many targets of a wave go at once. */
  readonly parallel: number;
}

/** The name under which a target's runs and its inventory are kept: `shop.targets.yaml/edge-1`. Two targets never share one, though they lead to one namespace, and no folder that is deployed by itself has it. */
export function nameOfTarget(set: string, { name }: Pick<TargetEntry, 'name'>): string {
  return `${set}/${name}`;
}

const TEXTS = ['context', 'namespace', 'cloud', 'project', 'region', 'clusterUid'] as const;
const LISTS = ['paths', 'patches', 'values'] as const;
const TOP = new Set<string>(['targets', 'parallel', 'checks', ...TEXTS, ...LISTS]);
const ENTRY = new Set<string>(['name', 'wave', 'checks', ...TEXTS, ...LISTS]);
const PARALLEL = 4;

/**
 * Reads a set of targets: YAML with `targets`, each with a name, its binding and what is its own (`paths`, `patches`, `values`, `wave`); what stands beside `targets` counts for each that
 * does not say it itself. Paths count from the file. Where no target says its wave, the first is the canary: it goes alone, the others after it. Fails with `invalid` and the line; an unknown
 * key is wrong, too, since a mistyped namespace would lead elsewhere.
 */
export function readTargetSet(file: string, text: string): Result<TargetSet> {
  const reader = new Reader(file, text);
  const tree = parseDocument(text, { uniqueKeys: true });
  const [error] = tree.errors;
  if (error) return reader.wrong(error.pos[0], error.message.split('\n', 1)[0]?.replace(/ at line .*$/, '') ?? 'This is no YAML');
  return reader.read(tree);
}

/** Reads on past what is wrong, with something in its place; the first thing that is wrong is told. */
class Reader {
  readonly #file: string;
  readonly #lines: LineIndex;
  #first: Result<never> | undefined;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#lines = new LineIndex(text);
  }

  wrong(at: number, message: string): Result<never> {
    const line = this.#lines.positionAt(at).line + 1;
    return failed('invalid', `${fileName(this.#file)}:${line}: ${message.replace(/\.?$/, '.')}`, {
      at: { file: this.#file, line },
    });
  }

  read({ contents }: Document): Result<TargetSet> {
    const list = isMap(contents) ? contents.get('targets', true) : undefined;
    if (!isMap(contents) || !isSeq<Node>(list) || list.items.length === 0)
      return this.wrong(0, 'a set of targets has a key targets with a list');
    this.#known(contents, TOP);
    const common = { ...this.#members(contents), checks: this.#checks(contents) };
    const saysWaves = list.items.some((item) => isMap(item) && item.has('wave'));
    const targets = list.items.map((item, index) => this.#entry(item, common, saysWaves ? 1 : Math.min(index, 1) + 1));
    targets.forEach(({ name }, index) => {
      if (targets.findIndex((other) => other.name === name) < index)
        this.#tell(list.items[index], `there are two targets of the name ${name}`);
    });
    const parallel = this.#count(contents, 'parallel') ?? PARALLEL;
    const set = { file: this.#file, targets: targets.toSorted((one, other) => one.wave - other.wave), parallel };
    return this.#first ?? success(set);
  }

  #entry(
    item: Node,
    { checks: shared, ...common }: Members & { readonly checks: readonly WrittenCheck[] },
    wave: number,
  ): TargetEntry {
    const map = isMap(item) ? item : new YAMLMap();
    if (map !== item) this.#tell(item, 'a target is a mapping with a name and a context');
    this.#known(map, ENTRY);
    const own = this.#members(map);
    const all = { ...withoutStrangers(common, own), ...own };
    const { context = '', paths = [], patches = [], values = [] } = all;
    if (context === '') this.#tell(item, 'a target needs a context');
    if (paths.length === 0) this.#tell(item, 'nothing is said to deploy here: name paths');
    const checks = [...shared, ...this.#checks(map)];
    const [start = 0, end = start] = item.range ?? [];
    return {
      ...all,
      context,
      paths,
      patches,
      values,
      ...(checks.length > 0 ? { checks } : {}),
      name: this.#text(map, 'name') ?? [context, all.namespace].filter(Boolean).join('/'),
      wave: this.#count(map, 'wave') ?? wave,
      place: { file: this.#file, range: { start, end }, line: this.#lines.positionAt(start).line + 1 },
    };
  }

  #members(map: YAMLMap): Members {
    const texts = TEXTS.map((key) => [key, this.#text(map, key)] as const);
    const lists = LISTS.map((key) => [key, this.#paths(map, key)] as const);
    return Object.fromEntries([...texts, ...lists].filter(([, value]) => value !== undefined));
  }

  #checks(map: YAMLMap): readonly WrittenCheck[] {
    const node = map.get('checks', true);
    if (isSeq<Node>(node)) return writtenChecks(this.#file, this.#lines, node.items);
    if (node !== undefined) this.#tell(node, 'checks is a list');
    return [];
  }

  #text(map: YAMLMap, key: string): string | undefined {
    const node = map.get(key, true);
    const value = isScalar(node) ? node.value : undefined;
    if ((typeof value === 'string' || typeof value === 'number') && value !== '') return String(value);
    if (node !== undefined) this.#tell(node, `${key} is a text`);
    return undefined;
  }

  #count(map: YAMLMap, key: string): number | undefined {
    const node = map.get(key, true);
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
    if (node !== undefined) this.#tell(node, `${key} is a whole number from 1`);
    return undefined;
  }

  #paths(map: YAMLMap, key: string): readonly string[] | undefined {
    const node = map.get(key, true);
    if (node === undefined) return undefined;
    const items: readonly unknown[] = isSeq(node) ? node.items : [node];
    return items.flatMap((item) => {
      const value = isScalar(item) ? item.value : undefined;
      if (typeof value === 'string' && value !== '') return [this.#beside(value)];
      this.#tell(node, `${key} is a list of paths`);
      return [];
    });
  }

  #beside(path: string): string {
    if (/^(?:\/|[A-Za-z]:[\\/])/.test(path)) return path.replaceAll('\\', '/');
    const folder = this.#file.includes('/') ? this.#file.slice(0, this.#file.lastIndexOf('/')) : '.';
    const scheme = /^[a-z][a-z0-9+.-]+:\/\/[^/]*/i.exec(folder)?.[0] ?? '';
    return `${scheme}${posix.join(folder.slice(scheme.length) || '/', path)}`.replace(/(?<=.)\/$/, '');
  }

  #known(map: YAMLMap, keys: ReadonlySet<string>): void {
    for (const { key } of map.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (!keys.has(name)) this.#tell(key, `${name || 'this key'} means nothing here; known are ${[...keys].join(', ')}`);
    }
  }

  #tell(node: unknown, message: string): void {
    this.#first ??= this.wrong((isNode(node) && node.range?.[0]) || 0, message);
  }
}

type Members = Partial<Pick<TargetEntry, (typeof LISTS)[number]> & { -readonly [key in (typeof TEXTS)[number]]: string }>;

function withoutStrangers(common: Members, own: Members): Members {
  const { namespace, clusterUid, project, region, ...rest } = common;
  const sameContext = own.context === undefined || own.context === common.context || common.context === undefined;
  const sameCloud = own.cloud === undefined || own.cloud === common.cloud;
  return {
    ...rest,
    ...(sameContext && namespace !== undefined ? { namespace } : {}),
    ...(own.context === undefined && clusterUid !== undefined ? { clusterUid } : {}),
    ...(sameCloud && project !== undefined ? { project } : {}),
    ...(sameCloud && region !== undefined ? { region } : {}),
  };
}

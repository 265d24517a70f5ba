import { isAbsolute, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isNode, isScalar, isSeq, parseDocument, type ToStringOptions, visit, type YAMLMap } from 'yaml';
import { failed, type Result, success } from '../base/failure.ts';

/** One context to be added: PEM texts; the context and the cluster bear `name`, the user `name-admin`. */
export interface NewContext {
  readonly name: string;
  readonly server: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * The text of a kubeconfig with one more context, comments and order of the rest as they were. Entries of the same names are replaced; the current context stays, unless there is none.
 * An empty text begins a new file. Fails with `invalid` when `text` is no kubeconfig.
 */
export function mergeKubeconfig(text: string, { name, server, ca, certificate, key }: NewContext): Result<string> {
  const user = `${name}-admin`;
  const base64 = (pem: string) => Buffer.from(pem).toString('base64');
  const entries = {
    clusters: { name, cluster: { server, 'certificate-authority-data': base64(ca) } },
    users: { name: user, user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) } },
    contexts: { name, context: { cluster: name, user } },
  };
  return merged(text, Object.fromEntries(Object.entries(entries).map(([list, entry]) => [list, [entry]])), name);
}

type Named = Readonly<Record<string, unknown>> & { readonly name: string };

/** A kubeconfig with more in it, and the names of the contexts that came. */
export interface Merged {
  readonly text: string;
  readonly contexts: readonly string[];
}

const members = { clusters: 'cluster', users: 'user', contexts: 'context' } as const;
type List = keyof typeof members;
const pathFields = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/**
 * A kubeconfig with all contexts of another one, and the clusters and users they name. Nothing that stands in it is replaced: what has its name but says something else comes under
 * another one (`prod-2`), what is equal is left out. Paths of the other file, relative to `folder`, become whole. Fails with `invalid` for a text without contexts.
 */
export function importKubeconfig(text: string, given: string, folder?: string): Result<Merged> {
  const [to, from] = [read(text), read(given)];
  if (!to.ok) return to;
  if (!from.ok || itemsOf(from.value, 'contexts').length === 0)
    return failed('invalid', 'This is not a kubeconfig with contexts. Copy or choose the whole of it.');
  const renamed: Record<List, Map<string, string>> = { clusters: new Map(), users: new Map(), contexts: new Map() };
  const added: Record<List, Named[]> = { clusters: [], users: [], contexts: [] };
  const take = (list: List, item: Named, value: unknown) => {
    const known = itemsOf(to.value, list);
    const same = known.find((one) => one.name === item.name && isDeepStrictEqual(one[members[list]], value));
    const taken = new Set([...known, ...added[list]].map((one) => one.name));
    const name = same ? item.name : freeName(item.name, taken);
    renamed[list].set(item.name, name);
    if (!same) added[list].push({ name, [members[list]]: value });
  };
  const contexts = itemsOf(from.value, 'contexts');
  for (const list of ['clusters', 'users'] as const) {
    const named = new Set(contexts.map(({ context }) => isRecord(context) && context[members[list]]));
    for (const item of itemsOf(from.value, list))
      if (named.has(item.name)) take(list, item, wholePaths(item[members[list]], folder));
  }
  for (const item of contexts) {
    const context = isRecord(item['context']) ? item['context'] : {};
    const at = (list: 'clusters' | 'users') => renamed[list].get(String(context[members[list]])) ?? context[members[list]];
    take('contexts', item, {
      ...context,
      cluster: at('clusters'),
      ...(context['user'] === undefined ? {} : { user: at('users') }),
    });
  }
  const names = contexts.map(({ name }) => renamed.contexts.get(name) ?? name);
  if (Object.values(added).every((items) => items.length === 0)) return success({ text, contexts: names });
  const done = merged(text, added, names[0] ?? '');
  return done.ok ? success({ text: done.value, contexts: names }) : done;
}

/** The programs that users of a kubeconfig sign in by. */
export function programsIn(text: string): readonly string[] {
  const from = read(text);
  if (!from.ok) return [];
  const commands = itemsOf(from.value, 'users').map(
    ({ user }) => isRecord(user) && isRecord(user['exec']) && user['exec']['command'],
  );
  return [...new Set(commands.filter((command) => typeof command === 'string'))];
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}-${number}`;
  return free;
}

function wholePaths(value: unknown, folder: string | undefined): unknown {
  if (!isRecord(value) || folder === undefined) return value ?? {};
  const whole = ([name, path]: [string, unknown]) =>
    pathFields.includes(name) && typeof path === 'string' && path !== '' && !isAbsolute(path) ? join(folder, path) : path;
  return Object.fromEntries(Object.entries(value).map((entry) => [entry[0], whole(entry)]));
}

function itemsOf(root: Readonly<Record<string, unknown>>, list: List): readonly Named[] {
  const items = root[list];
  return Array.isArray(items) ? items.filter((item): item is Named => isRecord(item) && typeof item['name'] === 'string') : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function read(text: string): Result<Readonly<Record<string, unknown>>> {
  const document = documentOf(text);
  return document.ok ? success(document.value.toJS() as Readonly<Record<string, unknown>>) : document;
}

function documentOf(text: string): Result<Document> {
  const document = parseDocument(text.trim() === '' ? 'apiVersion: v1\nkind: Config\n' : text);
  const [problem] = document.errors;
  if (!problem && isMap(document.contents)) return success(document);
  const why = problem ? ` ${problem.message.split('\n')[0]}` : '';
  return failed('invalid', `The file is not a kubeconfig.${why} Choose another one.`);
}

/** The text with these entries in its lists; `current` becomes its current context if there is none. */
function merged(text: string, added: Readonly<Record<string, readonly Named[]>>, current: string): Result<string> {
  const document = documentOf(text);
  if (!document.ok) return document;
  for (const [list, entries] of Object.entries(added)) {
    for (const entry of entries) {
      if (!putEntry(document.value, list, entry))
        return failed('invalid', `The file is not a kubeconfig: its ${list} are no list. Choose another one.`);
    }
  }
  if (!document.value.get('current-context')) document.value.set('current-context', current);
  return success(document.value.toString(styleOf(text)));
}

/** As the file is written, so that little of it moves. */
function styleOf(text: string): ToStringOptions {
  return { lineWidth: 0, indentSeq: !/^\w+:[ \t]*\n- /m.test(text), flowCollectionPadding: !/\{\S/.test(text) };
}

function putEntry(document: Document, list: string, entry: { readonly name: string }): boolean {
  const known = document.get(list) ?? undefined;
  if (known === undefined) {
    document.set(list, document.createNode([entry]));
    return true;
  }
  if (!isSeq(known)) return false;
  // `clusters: []` would go on in one line.
  known.flow = false;
  const at = known.items.findIndex((item) => isMap(item) && (item as YAMLMap).get('name') === entry.name);
  if (at < 0) known.add(document.createNode(entry));
  else known.items[at] = document.createNode(entry);
  return true;
}

/** Source: Kubernetes' `clientcmd/api/v1`, and what its auth providers keep. */
const secretFields = /^(client-key-data|token|password|id-token|refresh-token|access-token|client-secret)$/;

/** The same text with the values of its secret fields replaced: for eyes, never for a file. What cannot be read is not shown at all. */
export function maskKubeconfig(text: string): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) return '# This file is no YAML.\n';
  const places: [start: number, end: number][] = [];
  visit(document, {
    Pair: (_key, { key, value }) => {
      if (isScalar(key) && secretFields.test(String(key.value)) && isNode(value) && value.range)
        places.push([value.range[0], value.range[1]]);
    },
  });
  return places.toReversed().reduce((shown, [start, end]) => {
    const lineEnd = shown[end - 1] === '\n' ? '\n' : '';
    return `${shown.slice(0, start)}***${lineEnd}${shown.slice(end)}`;
  }, text);
}

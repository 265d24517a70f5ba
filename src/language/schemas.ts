import type { DefinedKind } from '../manifest/schema/customResources.ts';
import type { KindSchema, KnownSchema } from '../manifest/schema/fieldSchema.ts';
import type { KindName } from '../manifest/schema/structure.ts';
import type { LanguageHost } from './host.ts';

interface Entry {
  readonly at: number;
  readonly schemas: readonly KnownSchema[];
  readonly hash?: string;
}

/** What a cluster said of a kind is asked for again after so long; mostly it is the same. */
const againMs = 30_000;
const none: readonly KnownSchema[] = [];

/**
 * The schemas of kinds the server knows: those of each context and of the workspace, asked of the host once and then now and then, and those of definitions in open files. Where both have one,
 * a manifest is read by both, and only what both find wrong is told.
 */
export class Schemas {
  readonly #host: LanguageHost;
  readonly #answers = new Map<string, Entry>();
  readonly #bodies = new Map<string, KindSchema>();
  readonly #defined = new Map<string, readonly DefinedKind[]>();
  /** Group → the kinds that definitions in files define that are not open. */
  readonly #elsewhere = new Map<string, readonly KindName[]>();
  #joined = new Map<string, readonly KnownSchema[]>();
  /** Another one when any schema may be. */
  generation = 0;

  constructor(host: LanguageHost) {
    this.#host = host;
  }

  /** The schemas that count for a file bound to a context, or to none; the same array as long as they are the same. */
  of(context: string | undefined, kind: KindName): readonly KnownSchema[] {
    const key = keyOf(context, kind);
    const known = this.#joined.get(key);
    if (known) return known;
    const own = this.#answers.get(key)?.schemas ?? none;
    const defined = [...this.#defined.values()]
      .flat()
      .filter((one) => one.kind === kind.kind && one.apiVersion === kind.apiVersion);
    const joined = defined.length === 0 ? own : [...own, ...defined.map(({ schema }) => ({ schema }))];
    this.#joined.set(key, joined);
    return joined;
  }

  /** The kinds of a group that files of the workspace define, open or not. */
  definedIn(group: string): readonly KindName[] {
    const open = [...this.#defined.values()].flat().filter(({ apiVersion }) => apiVersion.startsWith(`${group}/`));
    const all = [...open, ...(this.#elsewhere.get(group) ?? [])];
    return [...new Map(all.map((one) => [`${one.apiVersion} ${one.kind}`, one])).values()];
  }

  /** The kinds that an open file defines, in place of those it defined before. */
  define(uri: string, kinds: readonly DefinedKind[]): void {
    const before = this.#defined.get(uri) ?? [];
    if (kinds.length === before.length && kinds.every((kind, index) => isSame(kind, before[index]))) return;
    if (kinds.length === 0) this.#defined.delete(uri);
    else this.#defined.set(uri, kinds);
    this.renew();
  }

  /** Asks the host for what was not asked lately. True if something is other than before. */
  async ask(uri: string, context: string | undefined, kinds: readonly KindName[], signal: AbortSignal): Promise<boolean> {
    const { schema } = this.#host;
    if (!schema) return false;
    const now = Date.now();
    const old = new Map(kinds.map((kind) => [keyOf(context, kind), kind]));
    const { generation } = this;
    const asked = [...old].filter(([key]) => now - (this.#answers.get(key)?.at ?? 0) > againMs);
    await Promise.all(asked.map(([key, kind]) => this.#askOne(key, kind, uri, signal)));
    return generation !== this.generation;
  }

  /** Clusters or bindings changed: all is asked for again; what is known stands until then. */
  outdate(): void {
    for (const [key, entry] of this.#answers) this.#answers.set(key, { ...entry, at: 0 });
  }

  async #askOne(key: string, { apiVersion, kind }: KindName, uri: string, signal: AbortSignal): Promise<void> {
    const before = this.#answers.get(key);
    const known = before?.hash === undefined ? {} : { known: before.hash };
    const answer = await this.#host.schema?.({ uri, apiVersion, kind, ...known }, signal).catch(() => undefined);
    if (!answer) return;
    const at = Date.now();
    const { value: said } = answer;
    const value = said && 'hash' in said ? said : null;
    if (!value) this.#toldElsewhere(apiVersion, said && 'defined' in said ? said.defined : []);
    if (value?.schema) this.#bodies.set(value.hash, value.schema);
    const schema = value && this.#bodies.get(value.hash);
    const kept = before?.schemas[0]?.kept;
    if (before?.hash === value?.hash && kept === value?.kept && before) {
      this.#answers.set(key, { ...before, at });
      return;
    }
    const schemas = schema ? [{ schema, ...(value.kept === undefined ? {} : { kept: value.kept }) }] : none;
    this.#answers.set(key, { at, schemas, ...(value && schema ? { hash: value.hash } : {}) });
    if (before || schema) this.renew();
  }

  #toldElsewhere(apiVersion: string, kinds: readonly KindName[]): void {
    const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));
    if (JSON.stringify(kinds) === JSON.stringify(this.#elsewhere.get(group) ?? [])) return;
    this.#elsewhere.set(group, kinds);
    this.renew();
  }

  /** Says that files may be read by other schemas than before. */
  renew(): void {
    this.generation += 1;
    this.#joined = new Map();
  }
}

/** An edit elsewhere in a definition leaves the JSON of a version as it was. */
function isSame(one: DefinedKind, other: DefinedKind | undefined): boolean {
  return one.kind === other?.kind && one.apiVersion === other.apiVersion && one.schema.root === other.schema.root;
}

function keyOf(context: string | undefined, { apiVersion, kind }: KindName): string {
  return `${context ?? ''}\n${apiVersion}\n${kind}`;
}

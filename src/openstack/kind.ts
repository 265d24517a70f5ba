/** A resource as the service sent it. Every field may be missing or null: clouds differ. */
export type Resource = Readonly<Record<string, unknown>>;

/** Words for the state of one resource, in rising order of concern. `quiet` is normal and not worth a colour (a DOWN unbound floating IP). */
export type Health = 'good' | 'busy' | 'bad' | 'quiet';

/** One state field and which of its values mean what; a trailing or leading `*` matches any rest. Values in no list are quiet. */
export interface StatusField {
  readonly field: string;
  readonly good?: readonly string[];
  readonly busy?: readonly string[];
  readonly bad?: readonly string[];
}

/**
 * A field of the resource (dots descend, also through lists: `fixed_ips.ip_address`), or a named pure function of it.
 * With `names`, the value is the id of a resource of that kind, and its name is shown where it is known.
 */
export type Column<K extends string = string> =
  | string
  | { readonly title: string; readonly of: (resource: Resource) => string | undefined; readonly names?: K };

/** The groups below a project, in the order shown. */
export type Group =
  | 'Compute'
  | 'Network'
  | 'Load balancers'
  | 'Storage'
  | 'Images'
  | 'DNS'
  | 'Object storage'
  | 'Orchestration'
  | 'Container clusters'
  | 'Bare metal'
  | 'Shares'
  | 'Secrets'
  | 'Placement'
  | 'Identity';

/**
 * One row of the catalog: everything the house asks about a kind of resource, as data.
 * `K` is the union of kind ids, so that a misspelt relation is a type error (see `defineKinds`).
 */
export interface Kind<K extends string = string> {
  /** One and many, as in OpenStack's own words: `['floating IP', 'Floating IPs']`. */
  readonly label: readonly [one: string, many: string];
  /** Group of the project node; absent for kinds that only appear below another resource. */
  readonly under?: Group;
  /** Codicon name. */
  readonly icon: string;
  /**
   * Collection path below the versioned endpoint (see services.ts), `{parameter}` where a parent gives it: `/networks`, `/zones/{zone}/recordsets`.
   * `{user}` and `{project}` come from the token.
   */
  readonly path: string;
  /** Envelope of the collection; `''` where the body is the list itself. */
  readonly listKey: string;
  /** Envelope of one resource; absent where the body is the resource (images) . */
  readonly itemKey?: string;
  /** List items wrapped once more (key pairs: `{keypair: {…}}`). */
  readonly wrapped?: string;
  /** Detail collection when it is not `path` (`/servers/detail`). */
  readonly listPath?: string;
  /** Fixed query of every list. */
  readonly query?: Readonly<Record<string, string>>;
  /** For each `{parameter}` of `path`: the parent kind and the field of the parent resource that fills it. */
  readonly parent?: { readonly kind: K; readonly parameters: Readonly<Record<string, string>> };
  /** Field holding the identity; default `id`. An href's last segment counts (`secret_ref`). */
  readonly id?: string;
  /** Field holding the name; default `name`. */
  readonly name?: string;
  /** What is shown instead of a missing name; the id, if this is missing too. Never matched against a reference. */
  readonly nameless?: string | ((resource: Resource) => string | undefined);
  /** Shown in this order, the state apart: the first two that have a value in the row, all in tooltip and hover. Nothing else of a resource leaves the extension host. */
  readonly columns: readonly Column<K>[];
  /** Fields that rules across fields may read in the language server, beside the columns: plain facts, nothing secret. */
  readonly facts?: readonly string[];
  readonly status?: readonly StatusField[];
  /** What lies below: resources of `kind` whose field equals ours: `where: {network_id: 'id'}`. */
  readonly children?: readonly { readonly kind: K; readonly where: Readonly<Record<string, string>>; readonly label?: string }[];
  /** Capability words for menus: `delete`, `startStop`, `console`. Each has a command. */
  readonly can?: readonly string[];
  /** False where `GET path/id` does not exist and one resource must be found in the list (availability zones). */
  readonly get?: false;
  /** False where the service knows no `limit` or refuses it: the list comes whole. */
  readonly paged?: false;
  /** True where resources of other projects may be used as well (shared networks, public images): an administrator's list is then not narrowed to the project by the service. */
  readonly shared?: true;
  /** Only an administrator may list it: hidden while the answer is 403. */
  readonly admin?: true;
  /** The exception, in sight: adjusts items after listing. Comment with the service's source at the row. */
  readonly quirk?: (items: readonly Resource[]) => readonly Resource[];
}

/** Checks rows against each other at compile time; returns them unchanged. */
export function defineKinds<const K extends string>(
  rows: { readonly [P in K]: Kind<NoInfer<K>> },
): { readonly [P in K]: Kind<K> } {
  return rows;
}

import type { ActionWord } from './actions/actionWords.ts';

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

/**
 * How a service tells what has changed in a list since it was asked for.
 * - `time`: a query gives what was touched since a time: `changes-since=…`, `updated_at=gte:…`, from a microversion on. What was deleted is among it as `DELETED` (`told`), is missed in the
 *   shorter list below `path` (`brief`), or is only seen when the whole list is asked for (`untold`).
 * - `digest`: `fields=` narrows a list to the identity and fields of which at least one changes with every change; whole resources are asked for where one did.
 */
export type Changes =
  | {
      readonly by: 'time';
      readonly query: string;
      readonly operator?: string;
      readonly from?: string;
      readonly deleted: 'told' | 'brief' | 'untold';
    }
  | { readonly by: 'digest'; readonly fields: readonly string[] };

/** What can be opened of a resource beside its details, and what goes in and out of one: the commands are `hybridClusters.<word>`. */
export type OpenWord =
  | 'openConsoleLog'
  | 'openConsole'
  | 'openSsh'
  | 'openObject'
  | 'uploadFiles'
  | 'uploadFolder'
  | 'downloadObjects'
  | 'deleteObjects'
  | 'downloadImage'
  | 'previewStack'
  | 'copyPayload'
  | 'revealPayload'
  | 'addKubeconfigOfCluster'
  | 'rotateCredential';

/** Other ways in which one more of a kind comes to be, or is looked at before: the commands are `hybridClusters.<word>`. */
export type AddWord = 'uploadImage' | 'previewStack';

/**
 * One condition that the service itself applies to a list: the parameter of the query, and what may stand in it: any text, one of the words, a state of the row, or the id of a
 * resource of `kind`.
 */
export interface ListFilter<K extends string = string> {
  readonly field: string;
  /** For people: `status`, `address`, `tag`. */
  readonly title: string;
  readonly values?: 'state' | readonly string[];
  readonly kind?: K;
  /** The text as the parameter wants it, where that is not the text itself. */
  readonly as?: (text: string) => string;
}

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
  /**
   * Where the collection holds no objects, the field that makes one of each entry: of plain texts the text (`['CUSTOM_GOLD']`), of a dictionary the key
   * (`{VCPU: {total: 8}}`; a value that is no object stands under `value`).
   */
  readonly keyed?: string;
  /** Detail collection when it is not `path` (`/servers/detail`). */
  readonly listPath?: string;
  /** What an administrator lists instead, if the service lets them: `/projects`, those of everybody. */
  readonly adminListPath?: string;
  /** Fixed query of every list, `{parameter}` as in `path`. */
  readonly query?: Readonly<Record<string, string>>;
  /** For each `{parameter}` of `path` and `query`: the parent kind and the field of the parent resource that fills it. */
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
  /** What lies below: resources of `kind` whose field equals ours: `where: {network_id: 'id'}`; with `when`, only below those of us that have these values. */
  readonly children?: readonly {
    readonly kind: K;
    readonly where: Readonly<Record<string, string>>;
    readonly when?: Readonly<Record<string, string>>;
    readonly label?: string;
  }[];
  /** What can be done to one, as words of the table of actions. */
  readonly can?: readonly ActionWord[];
  /** What can be opened of one, or goes in and out: words of commands of their own. */
  readonly opens?: readonly OpenWord[];
  /** How one more comes to be, beside its row in the table of creations: words of commands of their own. */
  readonly adds?: readonly AddWord[];
  /** True where names are paths, and the resource above holds nothing else: shown as its folders, a level at a time (Swift's pseudo-folders). */
  readonly folders?: true;
  /** Path of one resource below the collection where a change wants more than its id, `{field}`s filled in: `{stack_name}/{id}`. */
  readonly changedAt?: string;
  /** What deletes one takes everything along that stands in it: its name is typed. */
  readonly deletedByName?: true;
  /** Query of a deletion: `{ cascade: 'true' }`. */
  readonly deleteQuery?: Readonly<Record<string, string>>;
  /** False where `GET path/id` does not exist and one resource must be found in the list (availability zones). */
  readonly get?: false;
  /** By what the service narrows a list. Source: the API reference of the service. */
  readonly filters?: readonly ListFilter<K>[];
  /** For kinds that an administrator may list for all projects: the field that says whose one is, and what the query wants where that is not what the service's row says. */
  readonly allProjects?: { readonly project: string; readonly query?: Readonly<Record<string, string>> };
  /** False where the service knows no `limit` or refuses it: the list comes whole. */
  readonly paged?: false;
  /** How a list tells what has changed, where the service's row does not say it. */
  readonly changes?: Changes;
  /** True where resources of other projects may be used as well (shared networks, public images): an administrator's list is then not narrowed to the project by the service. */
  readonly shared?: true;
  /** An extension that a cloud may have been installed without, or have in newer releases only: a list's 404 then fails with `unsupported`. */
  readonly optional?: true;
  /** Only an administrator may list it: hidden while the answer is 403. Neutron answers everybody else with an empty list. */
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

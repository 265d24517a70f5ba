import type { Disposable } from '../base/event.ts';
import type { Failure, Reason } from '../base/failure.ts';
import type { ApiKind, Cluster, ContextSummary, ObjectRef } from '../kubernetes/cluster.ts';
import type { StoredRevision } from '../kubernetes/helmRelease.ts';
import type { CloudSummary, ProjectRef } from '../openstack/cloud.ts';
import type { Resource } from '../openstack/kind.ts';
import type { KindId } from '../openstack/kinds/kinds.ts';
import { otherInterfaceOf } from '../openstack/otherInterface.ts';
import type { Project } from '../openstack/project.ts';
import type { Mood } from './deploymentRows.ts';
import type { Folder } from './folderNodes.ts';
import type { ReleasePart } from './helmNodes.ts';

/** What a row of *Clouds* or *Clusters* stands for: what its commands get. */
export type Subject =
  | { readonly of: 'cloud'; readonly cloud: CloudSummary }
  | { readonly of: 'region'; readonly cloud: CloudSummary; readonly region: string }
  | {
      readonly of: 'project';
      readonly cloud: CloudSummary;
      readonly region: string | undefined;
      readonly project: ProjectRef;
      readonly opened?: Project;
    }
  | {
      readonly of: 'kind';
      readonly project: Project;
      readonly kind: KindId;
      /** What the list is narrowed to: the resource above, or fields that name it. */
      readonly parent?: Resource;
      readonly where?: Readonly<Record<string, string>>;
    }
  | {
      readonly of: 'resource';
      readonly project: Project;
      readonly kind: KindId;
      readonly resource: Resource;
      readonly parent?: Resource;
    }
  /** A part of an object store's names. */
  | { readonly of: 'folder'; readonly folder: Folder }
  | { readonly of: 'context'; readonly context: ContextSummary }
  | { readonly of: 'namespace'; readonly cluster: Cluster; readonly name: string }
  | { readonly of: 'apiKind'; readonly cluster: Cluster; readonly kind: ApiKind; readonly namespace: string | undefined }
  | { readonly of: 'object'; readonly cluster: Cluster; readonly ref: ObjectRef }
  /** One container of the pod `ref`. */
  | { readonly of: 'container'; readonly cluster: Cluster; readonly ref: ObjectRef; readonly container: string }
  /** A revision of a Helm release, or a part of it; and the revision before. */
  | {
      readonly of: 'release';
      readonly cluster: Cluster;
      readonly revision: StoredRevision;
      readonly part: ReleasePart;
      readonly previous?: StoredRevision;
    }
  | { readonly of: 'failure'; readonly failure: Failure; readonly cloud?: string }
  | { readonly of: 'filter'; readonly cluster: Cluster }
  | {
      readonly of: 'domain';
      readonly cloud: CloudSummary;
      readonly region: string | undefined;
      readonly domain: { readonly id: string; readonly name: string };
    }
  | { readonly of: 'system'; readonly cloud: CloudSummary; readonly region: string | undefined }
  | { readonly of: 'kinds'; readonly project: Project; readonly kinds: readonly KindId[] }
  | { readonly of: 'group' | 'more' | 'empty' | 'hint' | 'placeFilter' };

/**
 * A word of a row's contextValue, matched whole by the menus of package.json. First what the row is, then its kind, then what can be done with it:
 *
 * | Word | The row is |
 * |---|---|
 * | `cloud` `region` `domain` `project` `resource` `folder` | a place or thing of OpenStack |
 * | `scope` | a domain or the whole cloud, as what a token is for |
 * | `context` `namespace` `object` `container` `release` | a place or thing of Kubernetes |
 * | `group` `kind` | a folder of kinds, a list of one kind |
 * | `other` | a link to what is at home elsewhere |
 * | `failure` `empty` `more` `filter` `hint` | a message |
 * | `kind:network.port` `kind:Pod` | of that kind, by the catalog or by the API server |
 * | `can:…` | something that the command `hybridClusters.…` (or what the catalog's `can` names) works on |
 */
export type Word = Noun | `kind:${string}` | `can:${string}`;
type Noun =
  | 'cloud'
  | 'region'
  | 'domain'
  | 'scope'
  | 'project'
  | 'resource'
  | 'folder'
  | 'context'
  | 'namespace'
  | 'object'
  | 'container'
  | 'release'
  | 'group'
  | 'kind'
  | 'other'
  | 'failure'
  | 'empty'
  | 'more'
  | 'filter'
  | 'hint';

/** Words with those left out that do not hold. */
export function wordsOf(...words: readonly (Word | false | undefined)[]): readonly Word[] {
  return words.filter((word) => word !== false && word !== undefined);
}

/** One row as a value: how it looks, what it stands for, and how to look below it. */
export interface Row {
  /** Unique among its siblings and the same across refreshes: the row's part of the tree id. */
  readonly segment: string;
  readonly label: string;
  readonly description: string;
  /** How a screen reader says the description, where that is not as it is written. */
  readonly spoken?: string;
  /** Codicon name. */
  readonly icon: string;
  readonly mood: Mood;
  /** What is seen is old: dimmed. */
  readonly stale?: boolean;
  /** Rows of the tooltip. */
  readonly facts: readonly (readonly [title: string, value: string])[];
  /** The same, worked out when somebody rests on the row or its list is renewed: most rows of a long list are never looked at so closely. */
  readonly lateFacts?: () => Row['facts'];
  /** More rows of the tooltip, asked for when somebody rests on the row; never rejects. */
  readonly moreFacts?: () => Promise<Row['facts']>;
  /** Words for menus: `resource kind:compute.server can:open`. */
  readonly words: readonly Word[];
  readonly subject: Subject;
  /** By which manifests name what the row stands for, where that is not its name. */
  readonly id?: string;
  /** What the row stands for is called so; absent for groups and messages. */
  readonly name?: string;
  /** Names the resource or object in the whole window; the same wherever it is shown (see keys.ts). */
  readonly key?: string;
  /** No key names this level: what lies below it is looked for through it. */
  readonly passes?: true;
  /** Looks below; absent for a leaf. Contacts nothing before `rows()`. */
  readonly open?: Open;
  /** Command of a click, called with the node; absent: none. */
  readonly click?: string;
}

/** Begins to look below a row. `changed` tells that `rows()` would answer otherwise now; with `all`, that everything deeper is void too and is looked for anew. */
export type Open = (changed: Changed) => Branch;
export type Changed = (how?: 'all') => void;

/** What lies below an expanded row, until it is collapsed. */
export interface Branch extends Disposable {
  /** The rows below; trouble is a row among them. Never rejects. */
  rows(): Promise<readonly Row[]>;
  /** Forgets what is cached, so that the next `rows()` asks. */
  refresh?(): void;
  /** Asks again, keeping what is shown meanwhile; for what nobody tells us about. Resolves with what kept it from knowing. */
  again?(): Promise<Failure | undefined>;
  /** Brings the next page. */
  more?(): Promise<void>;
}

/** A row in its place. The object lives on across refreshes; only its row is renewed. */
export interface Node {
  /** The path of segments from the root. */
  readonly id: string;
  readonly parent: Node | undefined;
  readonly row: Row;
}

/** How many rows are shown before "Load more". */
export const pageSize = 200;

/** A branch that only computes rows. */
export function plainBranch(rows: () => Promise<readonly Row[]> | readonly Row[], refresh?: () => void): Branch {
  return { rows: async () => await rows(), dispose() {}, ...(refresh && { refresh }) };
}

/** A branch whose code is loaded by the first look below. */
export function lazily(load: () => Promise<Open>): Open {
  return (changed) => {
    let branch: Branch | undefined;
    let ended = false;
    const loaded = async () => {
      const open = await load();
      if (!ended) branch ??= open(changed);
      return branch;
    };
    return {
      rows: async () => (await loaded())?.rows() ?? [],
      refresh: () => branch?.refresh?.(),
      again: async () => branch?.again?.(),
      more: async () => branch?.more?.(),
      dispose: () => {
        ended = true;
        branch?.dispose();
      },
    };
  };
}

/** A row with the members that most rows leave empty filled in. */
export function row(given: Pick<Row, 'segment' | 'label' | 'subject'> & Partial<Row>): Row {
  return { description: '', icon: 'circle-outline', mood: 'quiet', facts: [], words: [], ...given };
}

const reasonIcons: Partial<Readonly<Record<Reason, string>>> = {
  signedOut: 'sign-in',
  forbidden: 'lock',
  offline: 'debug-disconnect',
  untrusted: 'shield',
  unsupported: 'circle-slash',
  cancelled: 'circle-slash',
};

type Way = `can:${string}`;

/** Which ways out a failure has, likeliest first; "show log" is always one. */
const waysOut: Partial<Readonly<Record<Reason, readonly Way[]>>> = {
  signedOut: ['can:signIn', 'can:retry'],
  forbidden: ['can:retry'],
  unsupported: [],
};

/** Trouble as a row: its sentence, and its way out as words for inline actions and as the click. */
export function failureRow(failure: Failure, { cloud, segment = '!' }: { cloud?: string; segment?: string } = {}): Row {
  const ways = (waysOut[failure.reason] ?? ['can:retry']).filter((way) => way !== 'can:signIn' || cloud !== undefined);
  const asks = cloud !== undefined && otherInterfaceOf(failure) !== undefined;
  const words: readonly Way[] = [
    ...(asks ? (['can:useInterface'] as const) : []),
    ...(failure.at ? (['can:openSource'] as const) : []),
    ...ways,
    'can:showLog',
  ];
  return row({
    segment,
    label: failure.message,
    icon: reasonIcons[failure.reason] ?? 'error',
    mood: failure.reason === 'forbidden' || failure.reason === 'unsupported' ? 'warning' : 'bad',
    facts: [
      ['what happened', failure.message],
      ['request', failure.requestId ?? ''],
      ...(failure.at ? [['where', [failure.at.file, failure.at.line].filter(Boolean).join(':')] as const] : []),
    ],
    words: ['failure', ...words],
    subject: { of: 'failure', failure, ...(cloud === undefined ? {} : { cloud }) },
    click: `hybridClusters.${(words[0] ?? 'can:showLog').slice('can:'.length)}`,
  });
}

/** The one line of an empty list: says so, and what makes one. */
export function emptyRow(sentence: string): Row {
  return row({ segment: '-', label: sentence, icon: 'info', words: ['empty'], subject: { of: 'empty' } });
}

/** The last row of a list that goes on; `complete` is false where the total itself is still growing. */
export function moreRow(shown: number, total?: number, complete = true): Row {
  const counts = total === undefined ? `${grouped(shown)} shown` : `${grouped(shown)} of ${grouped(total)}${complete ? '' : '+'}`;
  return row({
    segment: '+',
    label: `Load more (${counts})`,
    icon: 'ellipsis',
    words: ['more'],
    subject: { of: 'more' },
    click: 'hybridClusters.loadMore',
  });
}

/** `· stale since 12:03` behind a description. */
export function staleSince(description: string, asOf: number): string {
  return [description, `stale since ${clockTime(asOf)}`].filter(Boolean).join(' · ');
}

/** `12:03` of a time in ms since the epoch. */
export function clockTime(at: number): string {
  const time = new Date(at);
  return [time.getHours(), time.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** `10 000`, as the text of a label. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ' ');
}

const collator = new Intl.Collator('en', { numeric: true });

/** Names in the order a reader expects: `web-2` before `web-10`. */
export const compareNames = (one: string, other: string): number => collator.compare(one, other);

/** Rows in the order of their names. */
export const byLabel = (one: Row, other: Row): number => compareNames(one.label, other.label);

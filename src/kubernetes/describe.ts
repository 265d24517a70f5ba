import { alignedRows } from '../base/alignedRows.ts';
import type { Result } from '../base/failure.ts';
import { field } from '../base/fields.ts';
import { withoutCopies } from '../base/objectCopy.ts';
import type { Cluster, KubeObject, ObjectRef, Table } from './cluster.ts';
import { containersOf, shortAge, stateWords } from './containers.ts';
import { policyPods, policySentences } from './networkPolicy.ts';
import { groupKind } from './objectKey.ts';
import { holdsKeys, keysOf } from './objectKeys.ts';

const policyKind = 'networking.k8s.io/NetworkPolicy';

/** What is known beside an object itself. */
export interface Surroundings {
  readonly events: readonly KubeObject[];
  /** The server's own tables of what it owns, their rows filtered. */
  readonly owned: readonly { readonly kind: string; readonly table: Table }[];
  /** What it hangs together with, in the words of a table: `uses`, `ConfigMap web`, how that stands. */
  readonly related?: readonly (readonly string[])[];
  /** What it uses, in rows; absent where nothing is measured. */
  readonly use?: readonly (readonly string[])[];
  /** Ms since the epoch. */
  readonly now: number;
}

/**
 * An object as a text to be read: what it is, who owns it, its conditions, containers, keys, what it owns and what happened to it, newest last. Parts without content are left out. No
 * value of a Secret or ConfigMap is in it.
 */
export function describeObject(object: KubeObject, { events, owned, related = [], use = [], now }: Surroundings): string {
  const { metadata, status } = object;
  const { labels = {}, annotations = {}, ownerReferences = [] } = metadata;
  const age = (time: unknown) => (typeof time === 'string' ? shortAge(now - Date.parse(time)) : '');
  const marks = (all: Readonly<Record<string, string>>) => Object.entries(all).map(([name, value]) => [name, value]);
  const own = annotations['kubectl.kubernetes.io/last-applied-configuration'];
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...others } = annotations;
  const kept = object.kind === 'Secret' ? withoutCopies(others) : others;
  const facts = [
    ['Age', age(metadata.creationTimestamp)],
    ['API', `${object.apiVersion} ${object.kind}`],
    ['Going since', age(metadata.deletionTimestamp)],
    ['Held by', list(metadata['finalizers']).join(', ')],
    ['Applied by', own === undefined ? '' : 'kubectl apply'],
  ].filter(([, value]) => value !== '');
  const sections: readonly (readonly [string, readonly (readonly unknown[])[]])[] = [
    ['', facts],
    ['Owners', ownerReferences.map(({ kind, name, controller }) => [`${kind} ${name}`, controller ? 'controller' : ''])],
    ['Relations', related],
    ['Traffic', groupKind(object) === policyKind ? [policyPods(object), ...policySentences(object)].map((one) => [one]) : []],
    ['Labels', marks(labels)],
    ['Annotations', marks(kept)],
    [
      'Conditions',
      list(field(status, 'conditions')).map((one) => [
        field(one, 'type'),
        field(one, 'status'),
        age(field(one, 'lastTransitionTime')),
        field(one, 'reason'),
        field(one, 'message'),
      ]),
    ],
    [
      'Containers',
      object.kind === 'Pod'
        ? containersOf(object).map((one) => [one.name, one.image, stateWords(one, now), `${one.restarts} restarts`, one.message])
        : list(field(field(field(object['spec'], 'template'), 'spec'), 'containers')).map((one) => [
            field(one, 'name'),
            field(one, 'image'),
          ]),
    ],
    ['Use', use],
    ['Keys', holdsKeys({ group: '', kind: object.kind }) ? keysOf(object).map(({ name, size }) => [name, `${size} bytes`]) : []],
    ...owned.map(({ kind, table }) => [kind, ownedRows(table)] as const),
    ['Events', eventRows(events, now, () => [])],
  ];
  const title = `${object.kind} ${[metadata.namespace, metadata.name].filter(Boolean).join('/')}`;
  const shown = sections.filter(([, rows]) => rows.length > 0).map(([heading, rows]) => section(heading, rows));
  return `${[title, ...shown].join('\n\n')}\n`;
}

/** The events of one object, of a namespace, or of all. Those about what has no namespace are in one of those where their reporters run. */
export async function eventsOf(
  cluster: Cluster,
  { namespace, ref }: { readonly namespace?: string | undefined; readonly ref?: Pick<ObjectRef, 'kind' | 'name'> },
): Promise<Result<readonly KubeObject[]>> {
  const fieldSelector = ref && `involvedObject.kind=${ref.kind},involvedObject.name=${ref.name}`;
  const listed = await cluster.list('v1', 'Event', {
    ...(namespace === undefined ? {} : { namespace }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  });
  return listed.ok ? { ok: true, value: listed.value.items } : listed;
}

/** Events as a text to be read, newest last, each with what it is about; `place` is whose they are. */
export function describeEvents(place: string, events: readonly KubeObject[], now: number): string {
  const about = (event: KubeObject) => {
    const of = event['involvedObject'] ?? event['regarding'];
    return [`${field(of, 'kind') ?? ''} ${field(of, 'name') ?? ''}`];
  };
  const rows = eventRows(events, now, about);
  return `${[place, rows.length === 0 ? 'No events. The server keeps them for an hour.' : section('Events', rows)].join('\n\n')}\n`;
}

function eventRows(
  events: readonly KubeObject[],
  now: number,
  about: (event: KubeObject) => readonly unknown[],
): readonly (readonly unknown[])[] {
  return [...events]
    .sort((one, other) => timeOf(one) - timeOf(other))
    .map((one) => [
      shortAge(now - timeOf(one)),
      one['type'],
      one['reason'],
      `×${Number(field(one['series'], 'count') ?? one['count'] ?? 1)}`,
      ...about(one),
      one['message'] ?? one['note'],
    ]);
}

function ownedRows({ columns, rows }: Table): readonly (readonly unknown[])[] {
  const shown = columns.flatMap(({ priority }, at) => (priority === 0 ? [at] : []));
  return rows.map(({ cells }) => shown.map((at) => cells[at]));
}

function section(heading: string, rows: readonly (readonly unknown[])[]): string {
  const lines = alignedRows(rows);
  return heading === '' ? lines.join('\n') : [heading, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** An event's last time: series and the older fields (events.k8s.io/v1 and core/v1). */
function timeOf(event: KubeObject): number {
  const times = [
    field(event['series'], 'lastObservedTime'),
    event['lastTimestamp'],
    event['eventTime'],
    event.metadata.creationTimestamp,
  ];
  return Date.parse(String(times.find((time) => typeof time === 'string') ?? '')) || 0;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

import type { Failure } from '../base/failure.ts';
import { plainText } from '../base/plainText.ts';
import type { Cluster, ObjectRef } from '../kubernetes/cluster.ts';
import { descriptionOf, healthOf, idOf, nameOf } from '../openstack/display.ts';
import { kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import {
  hasObjects,
  hasResources,
  isMadeByCluster,
  objectsOf,
  type RelatedObject,
  type RelatedResource,
  type ResourcesOfObject,
  resourcesOf,
} from '../relations/related.ts';
import { objectKey, resourceKey } from './keys.ts';
import { type Branch, failureRow, type Open, type Row, row } from './nodes.ts';
import type { OtherSide } from './objectNodes.ts';
import { stateOf } from './objectState.ts';
import type { Opened } from './opened.ts';
import type { OtherWorld } from './resourceNodes.ts';

/** Where the other world is looked for: what the user opened, and what the folders are bound to, which is a standing consent. */
export interface Asked {
  readonly opened: Opened;
  /** Opens what the folders are bound to; trouble is left to the rows of those themselves. */
  readonly bound: () => Promise<{ readonly projects: readonly Project[]; readonly clusters: readonly Cluster[] }>;
}

/** The rows below an object that tell which resource of a cloud it is: `Server k8s-prod-worker-1   ACTIVE · demo`. */
export function otherSide(asked: Asked): OtherSide {
  return (cluster, kind, ref) => {
    const objectKind = `${kind.group}/${kind.kind}`;
    if (!hasResources(objectKind)) return undefined;
    return renewedBy(asked, async (signal) => {
      const object = await cluster.get(ref, signal);
      if (!object.ok) return [failureRow(object.failure)];
      const projects = await projectsOf(asked);
      const answer = await resourcesOf(cluster, objectKind, object.value, projects, signal);
      return [...answer.found.map(relatedResource), ...absentRows(answer, projects), ...failureRows(answer.failures)];
    });
  };
}

/** The rows below a resource that tell which object of a cluster it is: `Node k8s-prod-worker-1   Ready · sandbox-admin`. */
export function otherWorld(asked: Asked): OtherWorld {
  return (_project, kind, resource) => {
    if (!hasObjects(kind)) return undefined;
    return renewedBy(asked, async (signal) => {
      const clusters = await clustersOf(asked);
      if (clusters.length === 0) return isMadeByCluster(kind, resource) ? [closedCluster()] : [];
      const { found, failures } = await objectsOf(kind, resource, clusters, signal);
      return [...found.map(relatedObject), ...failureRows(failures)];
    });
  };
}

/** Looks once, and again when more is opened. */
function renewedBy({ opened }: Asked, look: (signal: AbortSignal) => Promise<readonly Row[]>): Open {
  return (changed): Branch => {
    const ending = new AbortController();
    let rows: Promise<readonly Row[]> | undefined;
    const forget = () => {
      rows = undefined;
    };
    const subscription = opened.onDidChange(() => {
      forget();
      changed();
    });
    return {
      rows: () => {
        rows ??= look(ending.signal);
        return rows;
      },
      refresh: forget,
      dispose: () => {
        subscription.dispose();
        ending.abort();
      },
    };
  };
}

async function projectsOf({ opened, bound }: Asked): Promise<readonly Project[]> {
  const { projects } = await bound();
  return [...new Map([...opened.projects, ...projects].map((one) => [`${one.region} ${one.id}`, one])).values()];
}

async function clustersOf({ opened, bound }: Asked): Promise<readonly Cluster[]> {
  const { clusters } = await bound();
  return [...new Map([...opened.clusters, ...clusters].map((one) => [one.context.name, one])).values()];
}

function relatedResource({ kind, project, resource, certain }: RelatedResource): Row {
  const id = idOf(kind, resource);
  const state = healthOf(kind, resource);
  const name = nameOf(kind, resource);
  return row({
    segment: `${project.cloud}/${kind}/${id}`,
    label: `${one(kind)} ${name}`,
    description: [certain ? undefined : 'candidate', state?.word, project.name].filter(Boolean).join(' · '),
    icon: 'link',
    mood: state?.health ?? 'quiet',
    facts: [
      ['state', descriptionOf(kind, resource)],
      ['id', id],
      ['in', [project.cloud, project.region, project.name].filter(Boolean).join(' / ')],
      ...(certain ? [] : [['candidate', 'several bear the same name or tag'] as const]),
    ],
    words: [...otherWords, `kind:${kind}`],
    subject: { of: 'resource', project, kind, resource },
    id,
    name,
    key: resourceKey({ cloud: project.cloud, region: project.region, project: project.id, kind, id }),
    click: 'hybridClusters.openDetails',
  });
}

function relatedObject({ group, cluster, object, certain }: RelatedObject): Row {
  const { name, namespace } = object.metadata;
  const { word, mood } = stateOf(object);
  const ref: ObjectRef = {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
  const { name: context } = cluster.context;
  return row({
    segment: `${context}/${group}/${object.kind}/${namespace ?? ''}/${name}`,
    label: `${object.kind} ${name}`,
    description: [certain ? undefined : 'candidate', plainText(word, 60), [context, namespace].filter(Boolean).join('/')]
      .filter(Boolean)
      .join(' · '),
    icon: 'link',
    mood,
    facts: [
      ['state', word],
      ['in', [context, namespace].filter(Boolean).join(' / ')],
      ...(certain ? [] : [['candidate', 'several bear the same name or tag'] as const]),
    ],
    words: [...otherWords, `kind:${object.kind}`],
    subject: { of: 'object', cluster, ref },
    name,
    key: objectKey({ context, group, kind: object.kind, namespace, name }),
    click: 'hybridClusters.openDetails',
  });
}

const otherWords = ['other', 'can:reveal', 'can:open', 'can:copyId', 'can:copyName'];

/** What the object names and nobody who was asked has: says which door is closed, or that it is gone. */
function absentRows({ absent }: ResourcesOfObject, projects: readonly Project[]): readonly Row[] {
  return absent.map(({ kind, id, region }) => {
    const where = [...new Set(projects.map(({ cloud, name }) => `${cloud} › ${name}`))].join(', ');
    const description =
      projects.length === 0
        ? `open its cloud${region ? ` (region ${region})` : ''} in Clouds to see it`
        : `not in ${where}; open its cloud and project in Clouds to see it`;
    return hintRow(`?${kind}/${id}`, `${one(kind)} ${id}`, description, 'hybridClusters.clouds.focus');
  });
}

function closedCluster(): Row {
  return hintRow(
    '?',
    'Made by a Kubernetes cluster',
    'open its context in Clusters to see by what',
    'hybridClusters.clusters.focus',
  );
}

function hintRow(segment: string, label: string, description: string, click: string): Row {
  return row({ segment, label, description, icon: 'link', words: ['hint'], subject: { of: 'hint' }, click });
}

function failureRows(failures: readonly Failure[]): readonly Row[] {
  return failures
    .filter(({ reason }) => reason !== 'cancelled')
    .map((failure, index) => failureRow(failure, { segment: `!${index}` }));
}

/** `Load balancer`. */
function one(kind: Parameters<typeof kindOf>[0]): string {
  const [label] = kindOf(kind).label;
  return label.charAt(0).toUpperCase() + label.slice(1);
}

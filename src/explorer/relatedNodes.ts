import type { Failure } from '../base/failure.ts';
import { plainText } from '../base/plainText.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { healthOf } from '../openstack/display.ts';
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
import { objectLink, resourceLink, singular } from './linkNodes.ts';
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

/** The projects in which the other side of an object is looked for. */
/** The projects that may be asked. */
export async function projectsOf({ opened, bound }: Asked): Promise<readonly Project[]> {
  const { projects } = await bound();
  return [...new Map([...opened.projects, ...projects].map((one) => [`${one.region} ${one.id}`, one])).values()];
}

/** The clusters that may be asked. */
export async function clustersOf({ opened, bound }: Asked): Promise<readonly Cluster[]> {
  const { clusters } = await bound();
  return [...new Map([...opened.clusters, ...clusters].map((one) => [one.context.name, one])).values()];
}

function relatedResource({ kind, project, resource, certain }: RelatedResource): Row {
  const state = healthOf(kind, resource)?.word;
  const description = [certain ? undefined : 'candidate', state, project.name].filter(Boolean).join(' · ');
  return resourceLink({ project, kind, resource }, description, doubt(certain));
}

function relatedObject({ group, cluster, object, certain }: RelatedObject): Row {
  const { name, namespace } = object.metadata;
  const { word, mood } = stateOf(object);
  const version = object.apiVersion.slice(object.apiVersion.indexOf('/') + 1);
  const link = objectLink({ cluster, kind: { group, version, kind: object.kind }, namespace, name });
  const place = [cluster.context.name, namespace].filter(Boolean).join('/');
  return {
    ...link,
    description: [certain ? undefined : 'candidate', plainText(word, 60), place].filter(Boolean).join(' · '),
    mood,
    facts: [['state', word], ...link.facts, ...doubt(certain)],
  };
}

function doubt(certain: boolean): Row['facts'] {
  return certain ? [] : [['candidate', 'it bears the same marks, and names no id']];
}

/** What the object names and nobody who was asked has: says which door is closed, or that it is gone. */
function absentRows({ absent }: ResourcesOfObject, projects: readonly Project[]): readonly Row[] {
  return absent.map(({ kind, id, region }) => {
    const where = [...new Set(projects.map(({ cloud, name }) => `${cloud} › ${name}`))].join(', ');
    const description =
      projects.length === 0
        ? `open its cloud${region ? ` (region ${region})` : ''} in Clouds to see it`
        : `not in ${where}; open its cloud and project in Clouds to see it`;
    return hintRow(`?${kind}/${id}`, `${singular(kind)} ${id}`, description, 'hybridClusters.clouds.focus');
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

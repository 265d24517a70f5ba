import type { Result } from '../base/failure.ts';
import type { ApiKind, Cluster, ObjectRef } from '../kubernetes/cluster.ts';
import { apiVersionOf } from '../kubernetes/discovery.ts';
import { descriptionOf, healthOf, idOf, nameOf } from '../openstack/display.ts';
import type { Resource } from '../openstack/kind.ts';
import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { type Pointer, pointersOf } from '../relations/pointers.ts';
import { objectKey, resourceKey } from './keys.ts';
import { type Branch, failureRow, type Open, type Row, row, type Word } from './nodes.ts';

/** Words of a row that stands for something at home elsewhere. */
export const linkWords: readonly Word[] = ['other', 'can:reveal', 'can:open', 'can:copyId', 'can:copyName'];

/** A resource as a row that leads to it: `Server web-1   ACTIVE · demo`. */
export function resourceLink(
  { project, kind, resource }: { readonly project: Project; readonly kind: KindId; readonly resource: Resource },
  description: string,
  facts: Row['facts'] = [],
): Row {
  const id = idOf(kind, resource);
  const name = nameOf(kind, resource);
  return row({
    segment: `${project.cloud}/${kind}/${id}`,
    label: `${singular(kind)} ${name}`,
    description,
    icon: 'link',
    mood: healthOf(kind, resource)?.health ?? 'quiet',
    facts: [
      ['state', descriptionOf(kind, resource)],
      ['id', id],
      ['in', [project.cloud, project.region, project.name].filter(Boolean).join(' / ')],
      ...facts,
    ],
    words: [...linkWords, `kind:${kind}`],
    subject: { of: 'resource', project, kind, resource },
    id,
    name,
    key: resourceKey({ cloud: project.cloud, region: project.region, project: project.id, kind, id }),
    click: 'hybridClusters.openDetails',
  });
}

/** An object of a cluster as a row that leads to it: `ConfigMap web`. What it looks like is the caller's. */
export function objectLink({
  cluster,
  kind,
  namespace,
  name,
}: {
  readonly cluster: Cluster;
  readonly kind: Pick<ApiKind, 'group' | 'version' | 'kind'>;
  readonly namespace: string | undefined;
  readonly name: string;
}): Row {
  const { name: context } = cluster.context;
  const ref: ObjectRef = {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
  return row({
    segment: `${context}/${kind.group}/${kind.kind}/${namespace ?? ''}/${name}`,
    label: `${kind.kind} ${name}`,
    icon: 'link',
    facts: [['in', [context, namespace].filter(Boolean).join(' / ')]],
    words: [...linkWords, `kind:${kind.kind}`],
    subject: { of: 'object', cluster, ref },
    name,
    key: objectKey({ context, group: kind.group, kind: kind.kind, namespace, name }),
    click: 'hybridClusters.openDetails',
  });
}

/** `Load balancer`. */
export function singular(kind: KindId): string {
  const [label] = kindOf(kind).label;
  return label.charAt(0).toUpperCase() + label.slice(1);
}

/** The rows below a resource that lead to what it points at in its own project; `shown` are the fields by which it stands where it stands, which lead back up. Undefined when it points nowhere else. */
export function pointedAt(
  project: Project,
  kind: KindId,
  resource: Resource,
  shown: Readonly<Record<string, string>> = {},
): Open | undefined {
  const pointers = pointersOf(kind, resource).filter(({ to, field }) => !(field in shown) && project.offers(to));
  if (pointers.length === 0) return undefined;
  return (): Branch => {
    const ending = new AbortController();
    return {
      rows: async () => (await Promise.all(pointers.map((pointer) => linkOf(project, pointer, ending.signal)))).flat(),
      dispose: () => ending.abort(),
    };
  };
}

/** What the user cannot see from here (a server of another project) has no row. */
async function linkOf(project: Project, { to, id }: Pointer, signal: AbortSignal): Promise<readonly Row[]> {
  const found: Result<Resource> = await project.get(to, id, { signal });
  if (found.ok) return [resourceLink({ project, kind: to, resource: found.value }, descriptionOf(to, found.value))];
  const { failure } = found;
  return ['notFound', 'forbidden', 'cancelled'].includes(failure.reason)
    ? []
    : [failureRow(failure, { segment: `!${to}/${id}` })];
}

import { l10n, type Uri } from 'vscode';
import type { Logger } from '../base/logger.ts';
import type { Node, Subject } from '../explorer/nodes.ts';
import { type Asked, clustersOf, projectsOf } from '../explorer/relatedNodes.ts';
import { MapPanel } from '../host/mapPanel.ts';
import { tell } from '../host/tell.ts';
import type { ObjectRef } from '../kubernetes/cluster.ts';
import { whenReplaced } from '../kubernetes/whenReplaced.ts';
import { LiveMap, type MapTarget } from '../map/liveMap.ts';
import type { FromMap } from '../map/messages.ts';
import { isKindId } from '../openstack/kinds/kinds.ts';
import { objectsOf } from '../relations/related.ts';
import { type ChooseObjectParts, chooseContext } from './chooseObject.ts';
import { type DetailsParts, openDetails } from './details.ts';
import { type RevealParts, reveal } from './reveal.ts';

export interface OpenMapParts extends ChooseObjectParts, DetailsParts, RevealParts {
  readonly asked: Asked;
  readonly log: Logger;
  /** Where the extension's own files are. */
  readonly extensionUri: Uri;
}

/** The tabs that are open, by what they draw. */
const open = new Map<string, MapPanel>();

/** Opens the map of a namespace, or of what is around an object or a resource; from the palette, of a namespace that is picked. */
export async function openMap(parts: OpenMapParts, node: Node | undefined): Promise<void> {
  const chosen = node ? await targetOf(parts, node.row.subject) : await chooseNamespace(parts);
  if (!chosen) return;
  let target = chosen;
  const title = titleOf(target);
  const known = open.get(title);
  if (known) {
    known.show();
    return;
  }
  const map = new LiveMap(target, () => projectsOf(parts.asked));
  const replaced = whenReplaced(parts.contexts, target.cluster, (cluster) => {
    target = { ...target, cluster };
    map.follow(cluster);
  });
  const shown = {
    get graph() {
      return map.graph;
    },
    get notes() {
      return map.notes;
    },
    focus: map.focus,
    attend: (visible: boolean) => (visible ? map.start() : map.stop()),
    dispose: () => {
      open.delete(title);
      replaced.dispose();
      map.dispose();
    },
  };
  const panel = new MapPanel(parts.extensionUri, title, shown, (message) => void act(parts, target, message));
  map.onDidChange(() => panel.update());
  open.set(title, panel);
}

function titleOf({ cluster, namespace, focus }: MapTarget): string {
  const place = [cluster.context.name, focus ? namespace : undefined].filter(Boolean).join('/');
  return l10n.t('Map of {0} · {1}', focus ? `${focus.kind} ${focus.name}` : (namespace ?? ''), place);
}

async function targetOf(parts: OpenMapParts, subject: Subject): Promise<MapTarget | undefined> {
  if (subject.of === 'namespace') return { cluster: subject.cluster, namespace: subject.name };
  if (subject.of === 'object' || subject.of === 'container')
    return { cluster: subject.cluster, namespace: subject.ref.namespace, focus: subject.ref };
  if (subject.of === 'resource') return ofResource(parts, subject);
  return chooseNamespace(parts);
}

/** The map of the object that a resource is. One that no open cluster knows is on none. */
async function ofResource(
  { asked, prompts }: OpenMapParts,
  { kind, resource }: Extract<Subject, { readonly of: 'resource' }>,
): Promise<MapTarget | undefined> {
  const { found } = await objectsOf(kind, resource, await clustersOf(asked));
  const [first] = found;
  if (!first) {
    await prompts.offer(
      l10n.t('No open cluster knows this resource. Open its context in Clusters, then try again.'),
      [],
      'information',
    );
    return undefined;
  }
  const { apiVersion, kind: objectKind, metadata } = first.object;
  const { name, namespace } = metadata;
  const focus: ObjectRef = { apiVersion, kind: objectKind, name, ...(namespace === undefined ? {} : { namespace }) };
  return { cluster: first.cluster, namespace, focus };
}

async function chooseNamespace(parts: OpenMapParts): Promise<MapTarget | undefined> {
  const { contexts, prompts, log } = parts;
  const context = await chooseContext(parts);
  const cluster = context === undefined ? undefined : await contexts.open(context);
  if (!cluster?.ok) {
    if (cluster) await tell(cluster.failure, log);
    return undefined;
  }
  const list = await cluster.value.kind('v1', 'Namespace');
  const table = list.ok ? await cluster.value.table(list.value, { include: 'Metadata' }) : list;
  const own = cluster.value.context.namespace ?? 'default';
  // Who may not list namespaces knows one of them.
  if (!table.ok && table.failure.reason !== 'forbidden') {
    await tell(table.failure, log);
    return undefined;
  }
  const names = table.ok ? table.value.rows.map(({ object }) => object.metadata.name) : [own];
  const namespace = await prompts.pick(
    names.map((name) => ({ label: name, value: name })),
    { title: l10n.t('Show the map of which namespace?') },
  );
  return namespace === undefined ? undefined : { cluster: cluster.value, namespace };
}

async function act(
  parts: OpenMapParts,
  target: MapTarget,
  { type, id }: Exclude<FromMap, { readonly type: 'ready' }>,
): Promise<void> {
  if (type === 'reveal') return reveal(parts, id);
  const subject = await subjectOf(parts, target, id);
  if (subject) await openDetails(parts, subject, 'yaml');
}

/** What a key of the map stands for. */
async function subjectOf({ asked }: OpenMapParts, { cluster }: MapTarget, key: string): Promise<Subject | undefined> {
  const [world, ...parts] = key.split('/').map(decodeURIComponent);
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = parts;
  if (world === 'kubernetes') {
    const kinds = await cluster.kinds();
    const kind = kinds.ok ? kinds.value.find((one) => one.group === second && one.kind === third) : undefined;
    if (!kind) return undefined;
    const apiVersion = second === '' ? kind.version : `${second}/${kind.version}`;
    return {
      of: 'object',
      cluster,
      ref: { apiVersion, kind: third, name: fifth, ...(fourth === '' ? {} : { namespace: fourth }) },
    };
  }
  const project = (await projectsOf(asked)).find(
    (one) => one.cloud === first && (one.region ?? '') === second && one.id === third,
  );
  if (!project || !isKindId(fourth)) return undefined;
  const resource = await project.get(fourth, fifth);
  return resource.ok ? { of: 'resource', project, kind: fourth, resource: resource.value } : undefined;
}

import { commands } from 'vscode';
import type { Node } from '../explorer/nodes.ts';
import type { Documents } from '../host/documents.ts';
import { tell } from '../host/tell.ts';
import type { Cluster, ObjectRef } from '../kubernetes/cluster.ts';
import { describeEvents, eventsOf } from '../kubernetes/describe.ts';
import { objectName } from '../kubernetes/objectActions.ts';
import { chooseNamespace } from './chooseNamespace.ts';
import { type ChooseObjectParts, chooseContext } from './chooseObject.ts';

export interface ShowEventsParts extends ChooseObjectParts {
  readonly documents: Documents;
}

interface EventsTarget {
  readonly cluster: Cluster;
  /** Undefined: of all namespaces. */
  readonly namespace?: string | undefined;
  readonly ref?: ObjectRef;
}

/** Opens the events of an object, a namespace or a whole cluster as a read-only document; asked again, they are read again. Without a row a namespace is picked. */
export async function showEvents(parts: ShowEventsParts, node: Node | undefined): Promise<void> {
  const target = await targetOf(parts, node);
  if (!target) return;
  const { cluster, namespace, ref } = target;
  const { name } = cluster.context;
  const whose = ref ? objectName(ref) : (namespace ?? 'all namespaces');
  const load = async () => {
    const events = await eventsOf(cluster, target);
    return events.ok ? describeEvents(`${name} · ${whose}`, events.value, Date.now()) : `${events.failure.message}\n`;
  };
  const path = [name, namespace, ref ? `${ref.kind} ${ref.name}` : ''].filter(Boolean).join('/');
  await commands.executeCommand('vscode.open', parts.documents.provide(`${path} (events)`, load), { preview: true });
}

async function targetOf(parts: ShowEventsParts, node: Node | undefined): Promise<EventsTarget | undefined> {
  const subject = node?.row.subject;
  if (subject?.of === 'object') return { cluster: subject.cluster, namespace: subject.ref.namespace, ref: subject.ref };
  if (subject?.of === 'namespace') return { cluster: subject.cluster, namespace: subject.name };
  const context = subject?.of === 'context' ? subject.context.name : await chooseContext(parts);
  const cluster = context === undefined ? undefined : await parts.contexts.open(context);
  if (!cluster?.ok) {
    if (cluster) await tell(cluster.failure, parts.log);
    return undefined;
  }
  if (subject?.of === 'context') return { cluster: cluster.value };
  const namespace = await chooseNamespace(parts.prompts, cluster.value);
  return namespace === undefined ? undefined : { cluster: cluster.value, namespace };
}

import { l10n } from 'vscode';
import { field } from '../base/fields.ts';
import type { Node } from '../explorer/nodes.ts';
import type { Prompts } from '../host/prompts.ts';
import { tell } from '../host/tell.ts';
import type { Cluster, KubeObject, ObjectRef } from '../kubernetes/cluster.ts';
import type { ContainerRef } from '../kubernetes/podExec.ts';
import { type ChooseObjectParts, chooseObject } from './chooseObject.ts';

/** A container that was chosen, and what the API server says of it and its pod. */
export interface ChosenContainer {
  readonly cluster: Cluster;
  readonly ref: ObjectRef;
  readonly pod: KubeObject;
  readonly where: ContainerRef;
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** The pod a command was called on, or whose container; else one that is picked. */
export async function choosePod(
  parts: ChooseObjectParts,
  node: Node | undefined,
  title: string,
): Promise<{ readonly cluster: Cluster; readonly ref: ObjectRef } | undefined> {
  const subject = node?.row.subject;
  if (subject?.of === 'container' || (subject?.of === 'object' && subject.ref.kind === 'Pod')) return subject;
  return chooseObject(parts, { title, fits: ({ group, kind }) => group === '' && kind === 'Pod' });
}

/** The container a command was called on, else one running container of that pod; the only one is not asked for. Trouble is told. */
export async function chooseContainer(
  parts: ChooseObjectParts,
  node: Node | undefined,
  title: string,
): Promise<ChosenContainer | undefined> {
  const chosen = await choosePod(parts, node, title);
  const pod = chosen && (await chosen.cluster.get(chosen.ref));
  if (!chosen || !pod) return undefined;
  const { cluster, ref } = chosen;
  const { namespace = cluster.context.namespace ?? 'default', name } = ref;
  const running = pod.ok ? containersOf(pod.value).filter(({ state }) => state === 'running') : [];
  const phase = pod.ok ? textOf(field(pod.value.status, 'phase')) : '';
  const message = l10n.t(
    'No container of pod {0} on {1} runs now (it is {2}).',
    `${namespace}/${name}`,
    cluster.context.name,
    phase,
  );
  if (!pod.ok || running.length === 0) {
    await tell(pod.ok ? { reason: 'conflict', message } : pod.failure, parts.log);
    return undefined;
  }
  const subject = node?.row.subject;
  const named = subject?.of === 'container' ? running.filter((one) => one.name === subject.container) : [];
  const container = await pickContainer(parts.prompts, named.length > 0 ? named : running, title, defaultOf(pod.value));
  if (!container) return undefined;
  const where = { namespace, pod: name, container: container.name };
  return { cluster, ref, pod: pod.value, where, stdin: container.stdin, tty: container.tty };
}

/** A container as a pod's status tells of it. */
export interface ContainerState {
  readonly name: string;
  readonly image: string;
  readonly state: 'running' | 'waiting' | 'terminated';
  /** `debug` for an ephemeral one, `init` for one that runs before the others. */
  readonly role: 'container' | 'init' | 'debug';
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** All containers of a pod, its own first. */
export function containersOf({ spec, status }: KubeObject): readonly ContainerState[] {
  const lists = [
    ['containers', 'containerStatuses', 'container'],
    ['initContainers', 'initContainerStatuses', 'init'],
    ['ephemeralContainers', 'ephemeralContainerStatuses', 'debug'],
  ] as const;
  return lists.flatMap(([member, told, role]) =>
    listOf(field(spec, member)).map((one) => {
      const name = textOf(field(one, 'name'));
      const state = field(
        listOf(field(status, told)).find((each) => field(each, 'name') === name),
        'state',
      );
      return {
        name,
        image: textOf(field(one, 'image')),
        state: field(state, 'running') ? 'running' : field(state, 'terminated') ? 'terminated' : 'waiting',
        role,
        stdin: field(one, 'stdin') === true,
        tty: field(one, 'tty') === true,
      };
    }),
  );
}

/** One of the containers, the default one first. */
export async function pickContainer(
  prompts: Prompts,
  containers: readonly ContainerState[],
  title: string,
  first?: string,
): Promise<ContainerState | undefined> {
  const [only] = containers;
  if (containers.length <= 1) return only;
  const sorted = containers.toSorted((one, other) => Number(other.name === first) - Number(one.name === first));
  const roles = { container: '', init: l10n.t('init container'), debug: l10n.t('debug container') };
  return prompts.pick(
    sorted.map((one) => ({
      label: one.name,
      description: [roles[one.role], one.image].filter(Boolean).join(' · '),
      value: one,
    })),
    { title: `${title} · ${l10n.t('Which container?')}` },
  );
}

/** The container that kubectl takes when none is named (kubectl, pkg/cmd/util/podcmd). */
function defaultOf({ metadata }: KubeObject): string | undefined {
  return metadata.annotations?.['kubectl.kubernetes.io/default-container'];
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown) => (typeof value === 'string' ? value : '');

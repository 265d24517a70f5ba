import { disposeAll } from '../base/event.ts';
import { plainText } from '../base/plainText.ts';
import type { ApiKind, Cluster, KubeObject, LiveTable, ObjectRef } from '../kubernetes/cluster.ts';
import { type Container, containerHealth, containersOf, stateWords } from '../kubernetes/containers.ts';
import type { LiveMetrics } from '../kubernetes/liveMetrics.ts';
import { boundsOfPod } from '../kubernetes/metrics.ts';
import { refusedWords } from '../kubernetes/refusedWords.ts';
import { clockTime, type Open, type Row, row, type Word } from './nodes.ts';
import { offered } from './objectWords.ts';
import { type Use, useOf } from './usage.ts';
import { openWhole } from './wholeObject.ts';

/** Ages are told anew this often while a pod is open. */
const ageMs = 30_000;
const icons = { container: 'primitive-square', init: 'debug-start', sidecar: 'split-horizontal', ephemeral: 'debug' } as const;

/** A pod whose containers are shown. */
export interface OpenPod {
  readonly cluster: Cluster;
  readonly kind: ApiKind;
  readonly pod: ObjectRef;
  readonly metrics: LiveMetrics | undefined;
}

/** The containers of a pod. The pod is watched whole while its row is open, and nothing else of its namespace. */
export function openContainers({ cluster, kind, pod, metrics }: OpenPod): Open {
  return (changed) => {
    const { namespace } = pod;
    const followed = namespace === undefined ? undefined : metrics?.follow(cluster, { of: 'pods', namespace }, () => changed());
    const rowsOf = (object: KubeObject, table: LiveTable) => {
      const usage = followed?.of(pod.name)?.usage;
      const { containers } = boundsOfPod(object);
      const isRefused = refusedWords(cluster, kind, namespace);
      return containersOf(object).map((one) => {
        const used = usage?.containers.get(one.name);
        const use = used && usage && useOf({ ...used, at: usage.at, windowMs: usage.windowMs }, containers.get(one.name));
        const words = offered(wordsOfContainer(one), pod.name, isRefused);
        return containerRow({ cluster, pod, container: one, table, use, words });
      });
    };
    const whole = openWhole(cluster, kind, pod, rowsOf, ageMs)(changed);
    return { ...whole, ...disposeAll([whole, ...(followed ? [followed] : [])]) };
  };
}

function wordsOfContainer({ phase }: Container): readonly Word[] {
  const words = ['container', 'kind:Container', 'can:copyName', 'can:logs'] as const;
  return phase === 'running' ? [...words, 'can:enter', 'can:attach', 'can:debugPod'] : words;
}

interface ShownContainer {
  readonly words: readonly Word[];
  readonly cluster: Cluster;
  readonly pod: ObjectRef;
  readonly container: Container;
  readonly table: LiveTable;
  readonly use: Use | undefined;
}

function containerRow({ cluster, pod, container, table: { state, asOf }, use, words }: ShownContainer): Row {
  const { name, role, image, restarts, ready, last } = container;
  const stale = state === 'stale';
  const said = (used: string | undefined) => [
    role === 'container' ? '' : role,
    stateWords(container, Date.now()),
    used ?? '',
    restarts === 0 ? '' : restarts === 1 ? '1 restart' : `${restarts} restarts`,
    container.phase === 'running' && !ready && role !== 'init' && role !== 'ephemeral' ? 'not ready' : '',
    shortImage(image),
    stale ? `stale since ${clockTime(asOf)}` : '',
  ];
  const written = (used: string | undefined) => plainText(said(used).filter(Boolean).join(' · '), 200);
  const health = containerHealth(container);
  return row({
    segment: `container:${name}`,
    label: name,
    description: written(use?.text),
    ...(use && { spoken: written(use.spoken) }),
    icon: icons[role],
    mood: use?.isHigh && health === 'quiet' ? 'warning' : health,
    ...(stale && { stale }),
    facts: [
      ['image', image],
      ['role', role],
      ['state', plainText([stateWords(container, Date.now()), container.message].filter(Boolean).join(' · '), 400)],
      ['before', last ? plainText([last.reason, `exit ${last.exitCode ?? '?'}`].filter(Boolean).join(', ')) : ''],
      ['restarts', String(restarts)],
      ['ready', ready ? 'yes' : 'no'],
      ...(use?.facts ?? []),
    ],
    words,
    subject: { of: 'container', cluster, ref: pod, container: name },
    name,
    click: 'hybridClusters.openLogs',
  });
}

/** `web:1.4` of `registry.example/team/web:1.4@sha256:…`; the whole stands in the tooltip. */
function shortImage(image: string): string {
  return image.replace(/@sha256:[0-9a-f]+$/, '').replace(/^.*\//, '');
}

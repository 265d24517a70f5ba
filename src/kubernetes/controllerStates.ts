import { field, listAt, numberAt } from '../base/fields.ts';
import type { ApiKind, KubeObject } from './cluster.ts';
import { conditionHealth, conditionsOf, isObserved, reasonWords, tellingCondition } from './conditions.ts';
import { fluxSourceOf } from './controllerActions.ts';
import { autoscalerBounds, isClusterApi, isFlux, isPaused, syncsByItself } from './controllerKinds.ts';
import type { RowHealth } from './kinds.ts';
import { textIn } from './objectFields.ts';

/** How an object stands, by itself rather than by its row of the server's table. */
export interface ControllerState {
  /** The first one is its state; actions are offered by all of them, joined by ` · `. */
  readonly words: readonly string[];
  readonly health: RowHealth;
}

type State = (object: KubeObject) => ControllerState;

const argo: Readonly<Record<string, State>> = {
  'argoproj.io/Application': application,
  'argoproj.io/ApplicationSet': applicationSet,
  'argoproj.io/AppProject': ({ spec }) => ({
    words: [
      textIn(spec, 'description') ?? '',
      `${listAt(spec, 'sourceRepos').length} sources`,
      `${listAt(spec, 'destinations').length} destinations`,
    ],
    health: 'quiet',
  }),
};

function stateOfKind(kind: Pick<ApiKind, 'group' | 'kind'>): State | undefined {
  return isClusterApi(kind) ? clusterApi : isFlux(kind) ? flux : argo[`${kind.group}/${kind.kind}`];
}

/** Whether objects of the kind tell their state themselves: their lists need whole objects. */
export function tellsItself(kind: Pick<ApiKind, 'group' | 'kind'>): boolean {
  return stateOfKind(kind) !== undefined;
}

/** The state of an object of Cluster API, Flux or Argo CD; undefined for other kinds, and where it says nothing of itself (a template). */
export function controllerStateOf(kind: Pick<ApiKind, 'group' | 'kind'>, object: KubeObject): ControllerState | undefined {
  const told = stateOfKind(kind)?.(object);
  const words = told?.words.filter((word) => word !== '') ?? [];
  return told && words.length > 0 ? { words, health: told.health } : undefined;
}

const busyPhases = ['Pending', 'Provisioning', 'Deleting', 'ScalingUp', 'ScalingDown', 'Updating'];

/** Paused, phase, how many of how many, and why it is not ready or available, whichever version of the contract says so. */
function clusterApi(object: KubeObject): ControllerState {
  const { spec, status } = object;
  const phase = textIn(status, 'phase') ?? '';
  const telling = tellingCondition(object);
  const wanted = numberAt(spec, 'replicas');
  const ready = numberAt(status, 'readyReplicas') ?? 0;
  const bounds = autoscalerBounds(object);
  const node = textIn(status, 'nodeRef', 'name') ?? '';
  const words = [
    isPaused(object) ? 'Paused' : '',
    phase || (telling?.status === 'True' ? telling.type : ''),
    wanted === undefined ? '' : `${ready}/${wanted} ready`,
    reasonWords(telling),
    node === object.metadata.name ? '' : node,
    textIn(spec, 'version') ?? '',
    bounds === undefined ? '' : `autoscaler ${bounds}`,
  ];
  if (phase === 'Failed') return { words, health: 'bad' };
  if (isPaused(object)) return { words, health: 'warning' };
  if (busyPhases.includes(phase)) return { words, health: 'busy' };
  return { words, health: telling ? conditionHealth(telling) : 'quiet' };
}

/** Suspended or ready, at which revision of what; else why not. Source: Flux, "Kustomization", "HelmRelease", "GitRepository", their statuses. */
function flux(object: KubeObject): ControllerState {
  const { spec, status } = object;
  const suspended = field(spec, 'suspend') === true;
  const conditions = conditionsOf(object);
  const telling = tellingCondition(object);
  const runs = conditions.some(({ type, status: holds }) => type === 'Reconciling' && holds === 'True') || !isObserved(object);
  const isBusy = runs && !suspended;
  const stalled = conditions.some(({ type, status: holds }) => type === 'Stalled' && holds === 'True');
  const failed = telling?.status === 'False';
  const state = failed ? telling.reason || 'Not ready' : isBusy ? 'Reconciling' : telling?.status === 'True' ? 'Ready' : '';
  const from = fluxSourceOf(object);
  const words = [
    suspended ? 'Suspended' : '',
    state,
    shortRevision(
      textIn(status, 'lastAppliedRevision') ??
        textIn(status, 'artifact', 'revision') ??
        textIn(status, 'history', 0, 'chartVersion'),
    ),
    from ? `${from.kind}/${from.name}` : placeOf(spec),
    failed ? telling.message : '',
  ];
  if (failed || stalled) return { words, health: isBusy && !stalled ? 'warning' : 'bad' };
  return { words, health: suspended ? 'warning' : isBusy ? 'busy' : 'quiet' };
}

/** Where a source looks; a password in a URL is left out. */
function placeOf(spec: unknown): string {
  const url = textIn(spec, 'url') ?? textIn(spec, 'image') ?? textIn(spec, 'endpoint') ?? textIn(spec, 'type') ?? '';
  return url.replace(/\/\/[^/@]*@/, '//');
}

/** `main@1f2e3d4` of `main@sha1:1f2e3d4…`, the first characters of a bare commit. */
export function shortRevision(revision: string | undefined): string {
  return (revision ?? '').replace(/(?:sha1|sha256):/, '').replace(/\b([0-9a-f]{7})[0-9a-f]{33,}\b/, '$1');
}

const appHealth: Readonly<Record<string, RowHealth>> = {
  Degraded: 'bad',
  Missing: 'bad',
  Progressing: 'busy',
  Suspended: 'warning',
  Unknown: 'warning',
};

/** Synced or not, healthy or not, at which revision of what, and what went wrong. Source: Argo CD, "Application Specification", "Resource Health". */
function application(object: KubeObject): ControllerState {
  const { spec, status } = object;
  const phase = textIn(status, 'operationState', 'phase') ?? '';
  const syncing = phase === 'Running' || phase === 'Terminating' || field(object, 'operation', 'sync') !== undefined;
  const sync = textIn(status, 'sync', 'status') ?? 'Unknown';
  const health = textIn(status, 'health', 'status') ?? 'Unknown';
  const went = phase === 'Failed' || phase === 'Error';
  const trouble = conditionsOf(object).find((one) => conditionHealth(one) === 'bad');
  const source = field(spec, 'source') ?? listAt(spec, 'sources')[0];
  const words = [
    syncing ? 'Syncing' : sync,
    health,
    `auto-sync ${syncsByItself(object) ? 'on' : 'off'}`,
    shortRevision(textIn(status, 'sync', 'revision')),
    [placeOf({ url: textIn(source, 'repoURL') }), textIn(source, 'chart') ?? textIn(source, 'path')].filter(Boolean).join(' '),
    went
      ? `sync failed: ${textIn(status, 'operationState', 'message') ?? ''}`
      : (trouble?.message ?? textIn(status, 'health', 'message') ?? ''),
  ];
  if (went || trouble) return { words, health: 'bad' };
  if (syncing) return { words, health: 'busy' };
  return { words, health: appHealth[health] ?? (sync === 'Synced' ? 'good' : 'warning') };
}

function applicationSet(object: KubeObject): ControllerState {
  const conditions = conditionsOf(object);
  const wrong = conditions.find((one) => conditionHealth(one) === 'bad');
  const current = conditions.find(({ type }) => type === 'ResourcesUpToDate');
  const count = numberAt(object['status'], 'resourcesCount') ?? listAt(object['status'], 'resources').length;
  const words = [
    wrong ? wrong.reason || 'Error' : current?.status === 'True' ? 'Up to date' : 'Waiting',
    `${count} Applications`,
    wrong?.message ?? '',
  ];
  return { words, health: wrong ? 'bad' : current?.status === 'True' ? 'quiet' : 'busy' };
}

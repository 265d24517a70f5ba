import { failed, type Result, success } from '../base/failure.ts';
import { field, listAt } from '../base/fields.ts';
import type { Cluster, KubeObject } from '../kubernetes/cluster.ts';
import { fluxSourceOf } from '../kubernetes/controllerActions.ts';
import { syncsByItself } from '../kubernetes/controllerKinds.ts';
import type { GroupObject, ObjectWord } from '../kubernetes/objectActions.ts';
import { textIn } from '../kubernetes/objectFields.ts';
import { groupKindOf, readAll, type Said } from './readObjects.ts';

/** One way in which an object says who applied it. */
export interface Mark {
  /** Who, by the marks alone. */
  readonly names: (object: KubeObject) => GroupObject | undefined;
  /** The names with which it sets fields. */
  readonly managers: RegExp;
  /** Where the marks do not say enough: the owner, `notFound` if the marks mislead. */
  readonly find?: (cluster: Cluster, object: KubeObject) => Promise<Result<KubeObject>>;
  /** What it does about a change of what it set; undefined if it lets it be. `owner` is absent where it cannot be found. */
  readonly says: (about: About) => (Said & { readonly act?: ObjectWord | 'editObject' }) | undefined;
}

interface About {
  readonly object: KubeObject;
  readonly owner: KubeObject | undefined;
  readonly life: boolean;
}

const label = ({ metadata }: KubeObject, name: string) => metadata.labels?.[name];
const annotation = ({ metadata }: KubeObject, name: string) => metadata.annotations?.[name];
const named = (group: string, kind: string, name: string | undefined, namespace: string | undefined): GroupObject | undefined =>
  name === undefined ? undefined : { group, kind, name, namespace };
const isSuspended = (owner: KubeObject | undefined) => field(owner, 'spec', 'suspend') === true;

/** `10 m` of Go's `10m0s`. */
export function shortDuration(text: string | undefined): string | undefined {
  const parts = [...(text ?? '').matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)].filter(([, count]) => Number(count) > 0);
  return parts.length === 0 ? undefined : parts.map(([, count, unit]) => `${count} ${unit}`).join(' ');
}

const within = (owner: KubeObject | undefined) => {
  const interval = shortDuration(textIn(owner, 'spec', 'interval'));
  return interval === undefined ? 'soon' : `within ${interval}`;
};

/** Objects that a Kustomization of Flux applied; the two annotations take one out of it (Flux, "Kustomization", "Controlling the apply behavior"). */
const kustomization: Mark = {
  names: (object) =>
    named(
      'kustomize.toolkit.fluxcd.io',
      'Kustomization',
      label(object, 'kustomize.toolkit.fluxcd.io/name'),
      label(object, 'kustomize.toolkit.fluxcd.io/namespace'),
    ),
  managers: /^kustomize-controller$/,
  says: ({ object, owner, life }) => {
    if (annotation(object, 'kustomize.toolkit.fluxcd.io/reconcile') === 'disabled') return undefined;
    const ssa = annotation(object, 'kustomize.toolkit.fluxcd.io/ssa') ?? '';
    if (ssa === 'Ignore' || (ssa === 'IfNotPresent' && !life)) return undefined;
    const from = owner && fluxSourceOf(owner);
    const place = from ? ` in ${from.kind} ${from.name}, ${textIn(owner, 'spec', 'path') ?? './'}` : ' at its source';
    const does = life ? 'make it again' : 'put this back';
    if (isSuspended(owner))
      return { follows: `It is suspended; Flux will ${does} once it is resumed.`, instead: `Change it${place}.` };
    return {
      follows: `Flux will ${does} ${within(owner)}.`,
      instead: `Change it${place}, or suspend the Kustomization.`,
      act: 'suspendReconciling',
    };
  },
};

/** Objects of a release that Flux keeps; what is changed beside it is put back by drift detection only where that is on (Flux, "HelmRelease", "Drift detection"). */
const helmRelease: Mark = {
  names: (object) =>
    named(
      'helm.toolkit.fluxcd.io',
      'HelmRelease',
      label(object, 'helm.toolkit.fluxcd.io/name'),
      label(object, 'helm.toolkit.fluxcd.io/namespace'),
    ),
  managers: /^helm-controller$/,
  says: ({ owner, life }) => {
    const does = life ? 'make it again' : 'put this back';
    const instead = 'Change the values of the HelmRelease.';
    if (isSuspended(owner)) return { follows: `It is suspended; its next upgrade will ${does}.`, instead };
    return textIn(owner, 'spec', 'driftDetection', 'mode') === 'enabled'
      ? {
          follows: `Flux will ${does} ${within(owner)} (drift detection is on).`,
          instead: `${instead.slice(0, -1)}, or suspend it.`,
          act: 'suspendReconciling',
        }
      : { follows: `Its next upgrade will ${does}.`, instead, act: 'editObject' };
  },
};

/** Objects of a release of Helm itself (Helm, "Labels and annotations"). */
const helm: Mark = {
  names: (object) =>
    label(object, 'app.kubernetes.io/managed-by') === 'Helm' && label(object, 'helm.toolkit.fluxcd.io/name') === undefined
      ? named(
          '',
          'Helm release',
          annotation(object, 'meta.helm.sh/release-name'),
          annotation(object, 'meta.helm.sh/release-namespace'),
        )
      : undefined,
  managers: /^helm/,
  says: ({ life }) => ({
    follows: `The next upgrade or rollback of the release ${life ? 'makes it again' : 'puts this back'}.`,
    instead: 'Change the values of the release (helm upgrade).',
  }),
};

const trackingId = 'argocd.argoproj.io/tracking-id';

/** The Application's name, with its namespace before it if it is not in Argo CD's own: `apps_shop:apps/Deployment:shop/web`. A copied mark names another object and is none (Argo CD, "Resource Tracking"). */
function trackedBy(object: KubeObject): string | undefined {
  const [app, groupKind, place] = annotation(object, trackingId)?.split(':') ?? [];
  const { name, namespace } = object.metadata;
  const isItself = groupKind === groupKindOf(object) && (place === `${namespace ?? ''}/${name}` || place?.endsWith(`/${name}`));
  return isItself ? app : undefined;
}

/** Charts set the same label: it counts only where the Application counts the object among its own. */
const instanceOf = (object: KubeObject) =>
  label(object, 'argocd.argoproj.io/instance') ?? label(object, 'app.kubernetes.io/instance');

/** Whether an Application counts an object among its resources. */
function counts(application: KubeObject, object: KubeObject): boolean {
  return listAt(application['status'], 'resources').some(
    (one) =>
      `${textIn(one, 'group') ?? ''}/${textIn(one, 'kind')}` === groupKindOf(object) &&
      textIn(one, 'name') === object.metadata.name &&
      (textIn(one, 'namespace') ?? object.metadata.namespace) === object.metadata.namespace,
  );
}

const application: Mark = {
  names: (object) => named('argoproj.io', 'Application', trackedBy(object) ?? instanceOf(object), undefined),
  managers: /^argocd/,
  find: async (cluster, object) => {
    const all = await readAll(cluster, 'argoproj.io/Application');
    if (!all.ok) return all;
    const tracked = trackedBy(object);
    const found = all.value.find(({ metadata: { name, namespace } }) => tracked === name || tracked === `${namespace}_${name}`);
    const counted = all.value.find((one) => one.metadata.name === instanceOf(object) && counts(one, object));
    return found || counted
      ? success((found ?? counted) as KubeObject)
      : failed('notFound', `No Application keeps ${object.metadata.name}.`);
  },
  says: ({ owner, life }) => {
    const does = life ? 'make it again' : 'put this back';
    const instead = 'Change it at the source of the Application';
    if (!owner || !syncsByItself(owner)) return { follows: `Its next sync will ${does}.`, instead: `${instead}.` };
    return field(owner, 'spec', 'syncPolicy', 'automated', 'selfHeal') === true
      ? {
          follows: `Argo CD will ${does} within seconds (self-heal is on).`,
          instead: `${instead}, or stop its auto-sync.`,
          act: 'stopAutoSync',
        }
      : { follows: `Argo CD calls it OutOfSync, and its next sync will ${does}.`, instead: `${instead}.` };
  },
};

/** What the topology of a Cluster made (Cluster API, "ClusterClass", label `topology.cluster.x-k8s.io/owned`). */
const topology: Mark = {
  names: (object) =>
    label(object, 'topology.cluster.x-k8s.io/owned') === undefined
      ? undefined
      : named('cluster.x-k8s.io', 'Cluster', label(object, 'cluster.x-k8s.io/cluster-name'), object.metadata.namespace),
  managers: /^capi-topology$/,
  says: ({ life }) => ({
    follows: `The topology of the Cluster ${life ? 'makes it again' : 'puts this back'} at once.`,
    instead: 'Change spec.topology of the Cluster.',
    act: 'editObject',
  }),
};

/** Who applied an object, one row each. */
export const marks: readonly Mark[] = [kustomization, helmRelease, helm, application, topology];

/** The engines that apply their sets again and again, and the marks by which each is known. */
export const engineMarks: readonly { readonly engine: 'Flux' | 'Argo CD'; readonly mark: Mark }[] = [
  { engine: 'Flux', mark: kustomization },
  { engine: 'Flux', mark: helmRelease },
  { engine: 'Argo CD', mark: application },
];

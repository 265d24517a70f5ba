import type { ObjectWord } from '../kubernetes/objectActions.ts';
import type { Said } from './readObjects.ts';

/** What a controller does about an object that it owns. */
interface Keeper {
  /** Its answer to the deletion of what it owns. */
  readonly gone: string;
  /** Its answer to any other change. */
  readonly changed: string;
  readonly instead?: string;
  /** Its own action, by what is touched; `top`: of the one at the top of the chain. */
  readonly acts?: Readonly<Record<string, { readonly word: ObjectWord | 'editObject'; readonly of?: 'top' }>>;
}

const another = (kind: string) => `It makes another ${kind} in its place.`;
const putsBack = 'It puts it back at once.';
const next = (kind: string) => `The next ${kind} that it makes is without the change.`;
const podKeeper: Keeper = {
  gone: another('Pod'),
  changed: next('Pod'),
  instead: 'Change the workload.',
  acts: { 'spec.template.spec.containers': { word: 'setImage', of: 'top' } },
};

/** By `group/Kind` of the controller. Sources: the concept pages of Kubernetes on each workload; Cluster API, "Controllers". */
const keepers: Readonly<Record<string, Keeper>> = {
  'apps/Deployment': {
    gone: another('ReplicaSet'),
    changed: putsBack,
    instead: 'Change the Deployment.',
    acts: { 'spec.replicas': { word: 'scale' }, 'spec.template.spec.containers': { word: 'setImage' } },
  },
  'apps/ReplicaSet': podKeeper,
  'apps/StatefulSet': podKeeper,
  'apps/DaemonSet': podKeeper,
  'batch/Job': {
    gone: another('Pod'),
    changed: next('Pod'),
    instead: 'Suspend or delete the Job.',
    acts: { life: { word: 'suspendJobs' } },
  },
  'batch/CronJob': { gone: 'Its next run makes another Job.', changed: next('Job'), instead: 'Change the CronJob.' },
  'cluster.x-k8s.io/MachineDeployment': {
    gone: 'It makes another MachineSet, with new machines and servers.',
    changed: putsBack,
    instead: 'Change the MachineDeployment.',
    acts: { 'spec.replicas': { word: 'scale' } },
  },
  'cluster.x-k8s.io/MachineSet': {
    gone: 'It makes another Machine, with a new server, in its place.',
    changed: next('Machine'),
    instead: 'To have fewer, scale down what it belongs to.',
    acts: { life: { word: 'scale', of: 'top' } },
  },
  'controlplane.cluster.x-k8s.io/KubeadmControlPlane': {
    gone: 'It makes another Machine of the control plane; until then etcd has one member less.',
    changed: next('Machine'),
    instead: 'Change the KubeadmControlPlane.',
    acts: { life: { word: 'scale' } },
  },
  'cluster.x-k8s.io/Machine': {
    gone: 'Cluster API sees its machine fail; a MachineHealthCheck replaces it.',
    changed: 'A machine is not changed once it is made.',
    instead: 'Replace the Machine.',
    acts: { life: { word: 'replaceMachine' } },
  },
  'cluster.x-k8s.io/Cluster': {
    gone: 'Cluster API can no longer keep the cluster, nor delete it whole.',
    changed: 'Its controllers may put it back.',
    instead: 'Change or delete the Cluster.',
    acts: { life: { word: 'editObject' } },
  },
  'argoproj.io/ApplicationSet': {
    gone: 'It makes the Application again.',
    changed: putsBack,
    instead: 'Change the template of the ApplicationSet.',
    acts: { life: { word: 'editObject' }, spec: { word: 'editObject' } },
  },
};
const unknown: Keeper = {
  gone: 'Its controller may make it again.',
  changed: 'Its controller may put it back.',
  instead: 'Change the owner.',
  acts: { life: { word: 'editObject' }, spec: { word: 'editObject' } },
};

/** What the controller does, and its own action that fits best what is touched; a deletion that it makes good by itself needs no advice. `owner` is `group/Kind`. */
export function keeperOf(
  owner: string,
  life: boolean,
  touches: readonly string[],
): Said & { readonly act?: { readonly word: ObjectWord | 'editObject'; readonly of?: 'top' } } {
  const { gone, changed, instead = '', acts = {} } = keepers[owner] ?? unknown;
  const act = Object.entries(acts).find(([at]) => touches.some((touched) => touched === at || touched.startsWith(`${at}.`)))?.[1];
  return { follows: life ? gone : changed, instead: life && !act ? '' : instead, ...(act && { act }) };
}

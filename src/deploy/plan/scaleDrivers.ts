import { fieldsAt, numberAt, type Path, textAt } from '../../base/fields.ts';
import type { Cluster, KubeObject } from '../../kubernetes/cluster.ts';
import { groupKind } from '../../kubernetes/objectKey.ts';
import type { Finding } from '../../manifest/finding.ts';
import { FIELD_MANAGER, isScaleOursAlone, ownersOfField } from './fieldOwners.ts';
import type { Prepared } from './gate.ts';
import type { LiveObjects } from './liveObjects.ts';
import type { KindTable } from './prepare.ts';

/** A kind of object that sets the scale of another, and where it names that one. */
interface DriverKind {
  readonly groupKind: string;
  readonly apiVersion: string;
  readonly target: Path;
}

/**
 * Later rows count more: KEDA makes a HorizontalPodAutoscaler of its own for each ScaledObject. Sources: API reference, autoscaling/v2 HorizontalPodAutoscalerSpec; KEDA, ScaledObject
 * specification (`apiVersion` and `kind` of the target are `apps/v1` and `Deployment` by default).
 */
const DRIVERS: readonly DriverKind[] = [
  {
    groupKind: 'autoscaling/HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    target: ['spec', 'scaleTargetRef'],
  },
  { groupKind: 'keda.sh/ScaledObject', apiVersion: 'keda.sh/v1alpha1', target: ['spec', 'scaleTargetRef'] },
];

/** With both, the cluster autoscaler sets the scale. Source: kubernetes/autoscaler, `cluster-autoscaler/cloudprovider/clusterapi/README.md`. */
const NODE_GROUP = ['min', 'max'].map((word) => `cluster.x-k8s.io/cluster-api-autoscaler-node-group-${word}-size`);
const NODE_GROUPS = new Set(['MachineDeployment', 'MachineSet', 'MachinePool'].map((kind) => `cluster.x-k8s.io/${kind}`));

const REPLICAS: Path = ['spec', 'replicas'];

/** What a plan does about scales. */
export interface ScalesLeft {
  readonly objects: readonly Prepared[];
  readonly notes: readonly Finding[];
}

/**
 * Leaves `spec.replicas` of each object to what drives its scale (an autoscaler of the plan or of the cluster), and says so. Where nobody but us holds the field of a live object, it would
 * fall to its default when we leave it out: such an object is asked about with its live count, and handed over before it is sent ({@link handOverScale}).
 */
export async function leaveDrivenScales(
  objects: readonly Prepared[],
  cluster: Cluster,
  table: KindTable,
  live: Pick<LiveObjects, 'get'>,
  signal: AbortSignal,
): Promise<ScalesLeft> {
  const drivers = driversBy([...(await listDrivers(objects, cluster, table, signal)), ...objects.map(({ object }) => object)]);
  const left = await Promise.all(
    objects.map((one) =>
      groupKind(one.object) === 'cluster.x-k8s.io/Cluster' ? leavePools(one) : leaveScale(one, drivers, live),
    ),
  );
  return { objects: left.map(({ prepared }) => prepared), notes: left.flatMap(({ notes }) => notes) };
}

/** An unreadable list leaves replicas as written: at worst a conflict with the autoscaler, which the dry run then shows. */
async function listDrivers(
  objects: readonly Prepared[],
  cluster: Cluster,
  table: KindTable,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const scalable = objects.filter(({ object }) => numberAt(object, ...REPLICAS) !== undefined || isScaledKind(object));
  const namespaces = [...new Set(scalable.flatMap(({ object }) => object.metadata.namespace ?? []))];
  const served = DRIVERS.filter((driver) => table.serves(driver.groupKind));
  const lists = await Promise.all(
    served.flatMap(({ apiVersion, groupKind: name }) =>
      namespaces.map((namespace) => cluster.list(apiVersion, name.slice(name.indexOf('/') + 1), { namespace }, signal)),
    ),
  );
  return lists.flatMap((list) => (list.ok ? list.value.items : []));
}

const WORKLOADS = new Set(['apps/Deployment', 'apps/StatefulSet', 'apps/ReplicaSet']);

/** Of these the count may be left out of the manifest already, and still be held by what was applied before. */
const isScaledKind = (object: KubeObject) => WORKLOADS.has(groupKind(object)) || NODE_GROUPS.has(groupKind(object));

/** `group/Kind namespace/name` of what is scaled → who scales it, as a sentence names them. */
export function driversBy(objects: readonly KubeObject[]): ReadonlyMap<string, string> {
  const drivers = new Map<string, string>();
  for (const row of DRIVERS)
    for (const object of objects) {
      if (groupKind(object) !== row.groupKind) continue;
      const target = fieldsAt(object, ...row.target);
      const kind = groupKind({
        apiVersion: textAt(target, 'apiVersion') ?? 'apps/v1',
        kind: textAt(target, 'kind') ?? 'Deployment',
      });
      drivers.set(
        `${kind} ${object.metadata.namespace ?? ''}/${textAt(target, 'name') ?? ''}`,
        `${object.kind} ${object.metadata.name}`,
      );
    }
  return drivers;
}

/** An object as it is sent, and what is said of it. */
interface Left {
  readonly prepared: Prepared;
  readonly notes: readonly Finding[];
}

async function leaveScale(one: Prepared, drivers: ReadonlyMap<string, string>, live: Pick<LiveObjects, 'get'>): Promise<Left> {
  const { object } = one;
  const { name, namespace = '' } = object.metadata;
  const isGroup = NODE_GROUPS.has(groupKind(object));
  const named = drivers.get(`${groupKind(object)} ${namespace}/${name}`);
  if (named === undefined && !isGroup) return { prepared: one, notes: [] };
  const found = await live.get(object);
  const there = found.ok ? found.value : undefined;
  const driver = named ?? (isNodeGroup(object) || (there && isForeignNodeGroup(there)) ? 'The cluster autoscaler' : undefined);
  if (driver === undefined) return { prepared: one, notes: [] };
  const written = numberAt(object, ...REPLICAS);
  const { replicas: _, ...spec } = fieldsAt(object, 'spec');
  const sent: KubeObject = { ...object, spec };
  const count = there && numberAt(there, ...REPLICAS);
  const asked = there && count !== undefined && isScaleOursAlone(there) ? { ...sent, spec: { ...spec, replicas: count } } : sent;
  const prepared: Prepared = { ...one, object: sent, scale: { driver, asked } };
  if (written === undefined) return { prepared, notes: [] };
  const stays = count === undefined ? '' : ` It stays at ${count}.`;
  return {
    prepared,
    notes: [noteAt(one, REPLICAS, `${driver} sets the replicas of ${name}; spec.replicas is not sent.${stays}`)],
  };
}

/**
 * The pools of a Cluster with a topology: a count that is not there is left to others by the topology controller, so nothing is handed over. Source: Cluster API, `MachineDeploymentTopology.replicas`,
 * `MachinePoolTopology.replicas`.
 */
function leavePools(one: Prepared): Left {
  const notes: Finding[] = [];
  const workers: Path = ['spec', 'topology', 'workers'];
  const left = Object.fromEntries(
    Object.entries(fieldsAt(one.object, ...workers)).map(([list, pools]) => [
      list,
      !Array.isArray(pools)
        ? pools
        : pools.map((pool: unknown, index) => {
            const { replicas, ...rest } = fieldsAt(pool);
            if (replicas === undefined || !isNodeGroup({ metadata: fieldsAt(pool, 'metadata') })) return pool;
            const name = textAt(pool, 'name') ?? index;
            const message = `The cluster autoscaler sets the replicas of pool ${name} of ${one.object.metadata.name}; they are not sent.`;
            notes.push(noteAt(one, [...workers, list, index, 'replicas'], message));
            return rest;
          }),
    ]),
  );
  if (notes.length === 0) return { prepared: one, notes };
  const spec = fieldsAt(one.object, 'spec');
  const topology = { ...fieldsAt(spec, 'topology'), workers: left };
  return { prepared: { ...one, object: { ...one.object, spec: { ...spec, topology } } }, notes };
}

function noteAt(one: Prepared, path: Path, message: string): Finding {
  const { file, range } = one.written.placeOf(path);
  return { file, range, severity: 'information', code: 'object.replicasScaled', message };
}

const isNodeGroup = ({ metadata }: { readonly metadata: unknown }) =>
  NODE_GROUP.every((key) => textAt(metadata, 'annotations', key) !== undefined);

/** Annotations that we applied ourselves and no longer write are taken away by this very deploy. */
function isForeignNodeGroup(live: KubeObject): boolean {
  return (
    isNodeGroup(live) &&
    NODE_GROUP.every((key) =>
      ownersOfField(live, ['metadata', 'annotations', key]).some(({ manager }) => manager !== FIELD_MANAGER),
    )
  );
}

import type { KubeObject } from './cluster.ts';
import type { ObjectChange } from './objectActions.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The names of the containers of a pod, or of the pods that a workload makes. */
export function templateContainers(object: KubeObject): readonly string[] {
  return containersIn(object).map(({ name }) => String(name));
}

/** The image of one of them. */
export function imageOf(object: KubeObject, container: string | undefined): string {
  return String(containersIn(object).find(({ name }) => name === container)?.['image'] ?? '');
}

/** Another image for a container. A merge patch carries whole lists: it holds for the version that was read only. */
export function imageSet([container, image]: readonly string[], object: KubeObject): ObjectChange {
  const containers = containersIn(object).map((one) => (one['name'] === container ? { ...one, image } : one));
  const spec = { containers };
  return { patch: { ...sameVersion(object), spec: isPod(object) ? spec : { template: { spec } } } };
}

/**
 * A Job as a CronJob or an earlier Job describes it. Named and marked as `kubectl create job --from` does (kubectl, pkg/cmd/create/create_job.go); what ties a Job to its own pods is left out.
 */
export function jobOf({ kind, apiVersion, metadata, spec }: KubeObject): KubeObject {
  const { name, namespace, uid } = metadata;
  const isCron = kind === 'CronJob';
  const from = isCron ? fieldsIn(spec, 'jobTemplate') : { metadata, spec };
  const { selector: _, manualSelector: __, suspend: ___, ...jobSpec } = fieldsIn(from, 'spec');
  const template = fieldsIn(jobSpec, 'template');
  const labels = withoutTies(fieldsIn(template, 'metadata', 'labels'));
  const owner = isCron ? { ownerReferences: [{ apiVersion, kind, name, uid }] } : {};
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${name.slice(0, 50)}-${Date.now().toString(36)}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: withoutTies(fieldsIn(from, 'metadata', 'labels')),
      annotations: {
        ...(isCron ? fieldsIn(from, 'metadata', 'annotations') : {}),
        'cronjob.kubernetes.io/instantiate': 'manual',
      },
      ...owner,
    },
    spec: { ...jobSpec, template: { ...template, metadata: { ...fieldsIn(template, 'metadata'), labels } } },
  } as KubeObject;
}

/** `key=value:Effect` set, `key:Effect-` removed, as `kubectl taint` reads them. */
export function tainted([answer = '']: readonly string[], object: KubeObject): ObjectChange {
  const [, key, value, effect, gone] = /^([^=:]+)(?:=([^:]*))?:(\w+)(-)?$/.exec(answer) ?? [];
  const others = listIn(object['spec'], 'taints').filter((taint) => taint['key'] !== key || taint['effect'] !== effect);
  const taints = gone ? others : [...others, { key, ...(value ? { value } : {}), effect }];
  return { patch: { ...sameVersion(object), spec: { taints } } };
}

/** `key=value` set, `key-` removed. */
export function markChange(of: 'labels' | 'annotations', answer: string): ObjectChange {
  const at = answer.indexOf('=');
  const mark = at < 0 ? { [answer.replace(/-$/, '')]: null } : { [answer.slice(0, at)]: answer.slice(at + 1) };
  return { patch: { metadata: { [of]: mark } } };
}

/** What a claim asks for. */
export function sizeOf({ spec }: KubeObject): string {
  return String(fieldsIn(spec, 'resources', 'requests')['storage'] ?? '');
}

/** A claim that asks for more. */
export function expandedTo(storage: string): ObjectChange {
  return { patch: { spec: { resources: { requests: { storage } } } } };
}

/** A signing request decided upon: its subresource `approval` takes a condition more. */
export function approval(object: KubeObject, type: 'Approved' | 'Denied'): ObjectChange {
  const others = listIn(object['status'], 'conditions');
  const condition = { type, status: 'True', reason: `HybridClusters${type}`, message: `${type} by hand.` };
  return { patch: { ...sameVersion(object), status: { conditions: [...others, condition] } }, subresource: 'approval' };
}

/** Lists go whole: somebody else's change in between is a conflict, not lost. */
const sameVersion = ({ metadata }: KubeObject) => ({ metadata: { resourceVersion: metadata.resourceVersion } });

const isPod = ({ kind }: KubeObject) => kind === 'Pod';

function containersIn(object: KubeObject): readonly Fields[] {
  return listIn(isPod(object) ? object['spec'] : fieldsIn(object['spec'], 'template', 'spec'), 'containers');
}

/** Labels that the Job controller adds (job_controller, LabelControllerUid and LabelJobName). */
function withoutTies(labels: Fields): Fields {
  const ties = ['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'];
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !ties.includes(name)));
}

function fieldsIn(value: unknown, ...path: readonly string[]): Fields {
  const found = path.reduce<unknown>((inside, key) => (isFields(inside) ? inside[key] : undefined), value);
  return isFields(found) ? found : {};
}

function listIn(value: unknown, key: string): readonly Fields[] {
  const list = isFields(value) ? value[key] : undefined;
  return Array.isArray(list) ? list.filter(isFields) : [];
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

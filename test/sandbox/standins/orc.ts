import type { Kubernetes } from '../api/kubernetes.ts';
import type { Keyed } from '../api/objects.ts';
import { OpenStack } from '../api/openstack.ts';
import { Refused } from '../api/request.ts';
import { Informer, keyOf } from './informer.ts';
import { type Fields, ORC_GROUP, ORC_KINDS, type OrcKind, type OrcObject, snake, statusOf } from './orcKinds.ts';
import { type Again, Queue } from './queue.ts';

/** The object cannot go on yet: `why` is what its Progressing condition says. */
class Waiting extends Error {}
/** The object is wrong and will stay so until it is changed. */
class Terminal extends Error {
  readonly reason: 'InvalidConfiguration' | 'UnrecoverableError';
  constructor(reason: Terminal['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

const RESYNC_MS = 2_000;

/**
 * Stands in for the openstack-resource-controller: creates, adopts or imports the OpenStack resource an object describes, with
 * the credentials of the Secret it names, and writes `status.id` and the conditions in the controller's words.
 */
export class OrcStandIn {
  readonly #kubernetes: Kubernetes;
  readonly #secrets: Informer<Keyed>;
  readonly #objects = new Map<string, Informer<OrcObject>>();
  readonly #clouds = new Map<string, OpenStack>();

  constructor(kubernetes: Kubernetes) {
    this.#kubernetes = kubernetes;
    this.#secrets = new Informer<Keyed>(kubernetes, '/api/v1/secrets');
    for (const row of ORC_KINDS) {
      const queue = new Queue(row.kind, (key) => this.#reconcile(row, key));
      const informer = new Informer<OrcObject>(kubernetes, `${ORC_GROUP}/${row.plural}`).onChange((object, gone) => {
        if (!gone) queue.add(keyOf(object));
      });
      this.#objects.set(row.kind, informer);
    }
  }

  async start(): Promise<void> {
    await this.#secrets.start();
    await Promise.all([...this.#objects.values()].map((informer) => informer.start()));
  }

  async #reconcile(row: OrcKind, key: string): Promise<Again> {
    const object = this.#objects.get(row.kind)?.get(key);
    if (object === undefined) return undefined;
    if (object.metadata.deletionTimestamp) return this.#remove(row, object);
    if (settled(object)) return undefined;
    try {
      const cloud = this.#cloudOf(object);
      await this.#holdFinalizer(row, object);
      const resource = await this.#ensure(row, object, cloud);
      const usable = row.usable === undefined || row.usable.includes(String(resource['status']));
      if (!usable) throw new Waiting(`Waiting for OpenStack resource to become available`);
      await this.#write(row, object, { id: idOf(row, resource), resource: statusOf(resource) }, available(object));
      return undefined;
    } catch (error) {
      await this.#write(row, object, {}, unavailable(object, error));
      if (error instanceof Waiting) return { afterMs: RESYNC_MS };
      if (error instanceof Terminal) return undefined;
      throw error;
    }
  }

  #cloudOf({ metadata, spec }: OrcObject): OpenStack {
    const { secretName = '', cloudName = '' } = spec.cloudCredentialsRef ?? {};
    const secret = this.#secrets.get(`${metadata.namespace}/${secretName}`);
    const text = secret?.data?.['clouds.yaml'];
    if (secret === undefined || text === undefined) throw new Waiting(`Waiting for Secret/${secretName} to be created`);
    const mark = `${keyOf(secret)} ${secret.metadata.resourceVersion} ${cloudName}`;
    const known = this.#clouds.get(mark);
    if (known) return known;
    try {
      const cloud = OpenStack.parse(Buffer.from(text, 'base64').toString('utf8'), cloudName);
      this.#clouds.set(mark, cloud);
      return cloud;
    } catch (error) {
      throw new Terminal('InvalidConfiguration', `cloud credentials: ${(error as Error).message}`);
    }
  }

  async #holdFinalizer(row: OrcKind, object: OrcObject): Promise<void> {
    const finalizer = `openstack.k-orc.cloud/${row.kind.toLowerCase()}`;
    if (object.metadata.finalizers?.includes(finalizer)) return;
    const finalizers = [...(object.metadata.finalizers ?? []), finalizer];
    await this.#kubernetes.patch(pathOf(row, object), 'merge', { metadata: { finalizers } });
  }

  async #ensure(row: OrcKind, object: OrcObject, cloud: OpenStack): Promise<Fields> {
    const id = object.status?.id ?? object.spec.import?.id;
    if (id !== undefined) return this.#byId(row, cloud, id);
    const filter = object.spec.import?.filter;
    if (filter !== undefined) return this.#import(row, cloud, await this.#body(row, object, filter));
    const body: Record<string, unknown> = {
      name: object.metadata.name,
      ...(await this.#body(row, object, object.spec.resource ?? {})),
    };
    const [adopted] = await this.#list(row, cloud, { name: body['name'] });
    return adopted ?? this.#create(row, cloud, body);
  }

  async #byId(row: OrcKind, cloud: OpenStack, id: string): Promise<Fields> {
    try {
      return unwrap(row, await cloud.get<Fields>(row.service, `${row.path}/${id}`));
    } catch (error) {
      if (error instanceof Refused && error.status === 404) {
        throw new Terminal('UnrecoverableError', 'resource has been deleted from OpenStack');
      }
      throw error;
    }
  }

  async #import(row: OrcKind, cloud: OpenStack, filter: Fields): Promise<Fields> {
    const found = await this.#list(row, cloud, filter);
    if (found.length > 1)
      throw new Terminal('InvalidConfiguration', 'found more than one matching OpenStack resource during import');
    if (found[0] === undefined) throw new Waiting('Waiting for OpenStack resource to be created externally');
    return this.#byId(row, cloud, idOf(row, found[0]));
  }

  /** All resources whose plain fields equal those of `filter`; the rest of the filter is compared as text. */
  async #list(row: OrcKind, cloud: OpenStack, filter: Fields): Promise<readonly Fields[]> {
    const answer = await cloud.get<Record<string, Fields[]>>(
      row.service,
      row.service === 'compute' || row.service === 'block-storage' ? detailed(row) : row.path,
    );
    const all = (answer[row.many] ?? []).map((item) => unwrap(row, item));
    return all.filter((item) => Object.entries(filter).every(([name, value]) => matches(item[name], value)));
  }

  async #create(row: OrcKind, cloud: OpenStack, body: Record<string, unknown>): Promise<Fields> {
    const { rules, tags, ...rest } = body;
    const shaped = row.shape ? row.shape(rest) : rest;
    try {
      const answer = await cloud.send<Fields>(row.service, 'POST', row.path, row.one === '' ? shaped : { [row.one]: shaped });
      const resource = unwrap(row, answer);
      if (Array.isArray(tags) && row.service === 'network')
        await cloud.send('network', 'PUT', `${row.path}/${idOf(row, resource)}/tags`, { tags });
      for (const rule of (rules ?? []) as Fields[]) await this.#createRule(cloud, idOf(row, resource), rule);
      return row.service === 'compute' && row.idField === undefined ? this.#byId(row, cloud, idOf(row, resource)) : resource;
    } catch (error) {
      if (error instanceof Refused && error.status === 400)
        throw new Terminal('InvalidConfiguration', `invalid configuration creating resource: ${error.message}`);
      throw error;
    }
  }

  async #createRule(cloud: OpenStack, groupId: string, { port_range: range, ...rule }: Fields): Promise<void> {
    const { min, max } = (range ?? {}) as { min?: number; max?: number };
    const ports = min === undefined ? {} : { port_range_min: min, port_range_max: max };
    await cloud.send('network', 'POST', '/security-group-rules', {
      security_group_rule: { direction: 'ingress', ...rule, ...ports, security_group_id: groupId },
    });
  }

  /** The fields of a spec in OpenStack's spelling, with the ids of the objects they name. */
  async #body(row: OrcKind, object: OrcObject, fields: Fields): Promise<Record<string, unknown>> {
    const body: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(fields)) {
      const ref = row.refs?.[name];
      if (ref)
        body[ref[1]] = Array.isArray(value)
          ? value.map((one) => this.#idOfRef(ref[0], object, one))
          : this.#idOfRef(ref[0], object, value);
      else body[row.renamed?.[name] ?? snake(name)] = await this.#value(row, object, value);
    }
    return body;
  }

  async #value(row: OrcKind, object: OrcObject, value: unknown): Promise<unknown> {
    if (Array.isArray(value)) return Promise.all(value.map((one) => this.#value(row, object, one)));
    return value !== null && typeof value === 'object' ? this.#body(row, object, value as Fields) : value;
  }

  #idOfRef(kind: string, object: OrcObject, name: unknown): string {
    const target = this.#objects.get(kind)?.get(`${object.metadata.namespace}/${name}`);
    if (target === undefined) throw new Waiting(`Waiting for ${kind}/${name} to be created`);
    if (!settled(target) || target.status?.id === undefined) throw new Waiting(`Waiting for ${kind}/${name} to be ready`);
    return target.status.id;
  }

  async #remove(row: OrcKind, object: OrcObject): Promise<Again> {
    const { status, spec, metadata } = object;
    const managed = spec.managementPolicy !== 'unmanaged' && spec.managedOptions?.onDelete !== 'detach';
    if (managed && status?.id !== undefined) {
      try {
        await this.#cloudOf(object).send(row.service, 'DELETE', `${row.path}/${status.id}`);
      } catch (error) {
        if (!(error instanceof Refused && error.status === 404)) throw error;
      }
    }
    const finalizers = (metadata.finalizers ?? []).filter((name) => !name.startsWith('openstack.k-orc.cloud/'));
    await this.#kubernetes.patch(pathOf(row, object), 'merge', { metadata: { finalizers } });
    return undefined;
  }

  async #write(row: OrcKind, object: OrcObject, fields: Fields, conditions: readonly Fields[]): Promise<void> {
    const known = object.status?.conditions ?? [];
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const dated = conditions.map((condition) => {
      const before = known.find(({ type }) => type === condition['type']) as Fields | undefined;
      return {
        ...condition,
        lastTransitionTime: before && before['status'] === condition['status'] ? before['lastTransitionTime'] : now,
      };
    });
    if (JSON.stringify(dated.map(comparable)) === JSON.stringify((known as readonly Fields[]).map(comparable))) return;
    await this.#kubernetes.patch(`${pathOf(row, object)}/status`, 'merge', { status: { ...fields, conditions: dated } });
  }
}

function comparable({ type, status, reason, message, observedGeneration }: Fields): Fields {
  return { type, status, reason, message, observedGeneration };
}

function available({ metadata }: OrcObject): readonly Fields[] {
  const observedGeneration = metadata.generation;
  return [
    { type: 'Available', status: 'True', reason: 'Success', message: 'OpenStack resource is available', observedGeneration },
    { type: 'Progressing', status: 'False', reason: 'Success', message: 'OpenStack resource is up to date', observedGeneration },
  ];
}

function unavailable({ metadata }: OrcObject, error: unknown): readonly Fields[] {
  const observedGeneration = metadata.generation;
  const message = error instanceof Error ? error.message : String(error);
  const reason = error instanceof Terminal ? error.reason : error instanceof Waiting ? 'Progressing' : 'TransientError';
  const progressing = error instanceof Terminal ? 'False' : 'True';
  return [
    { type: 'Available', status: 'False', reason, message, observedGeneration },
    { type: 'Progressing', status: progressing, reason, message, observedGeneration },
  ];
}

/** Its present generation was brought to an end, good or bad. */
function settled({ metadata, status }: OrcObject): boolean {
  const progressing = status?.conditions?.find(({ type }) => type === 'Progressing') as Fields | undefined;
  return progressing?.['status'] === 'False' && progressing['observedGeneration'] === metadata.generation;
}

/** Key pairs come wrapped once more, images not at all. */
function unwrap(row: OrcKind, answer: Fields): Fields {
  const inner = row.one === '' ? undefined : answer[row.one];
  return inner !== null && typeof inner === 'object' ? (inner as Fields) : answer;
}

function idOf(row: OrcKind, resource: Fields): string {
  return String(resource[row.idField ?? 'id']);
}

function detailed({ kind, path }: OrcKind): string {
  return kind === 'Server' || kind === 'Volume' || kind === 'Flavor' ? `${path}/detail` : path;
}

function matches(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return Array.isArray(actual) && wanted.every((one) => actual.includes(one));
  return wanted === undefined || String(actual) === String(wanted);
}

function pathOf({ plural }: OrcKind, { metadata }: OrcObject): string {
  return `${ORC_GROUP}/namespaces/${metadata.namespace}/${plural}/${metadata.name}`;
}

import type { ApiKind, KubeObject, ObjectRef } from '../kubernetes/cluster.ts';
import type { Finding, Severity } from '../manifest/finding.ts';
import { listAt, numberAt, type Path, textAt } from './fields.ts';
import type { Prepared } from './gate.ts';
import { groupKind, groupOf, keyOf, titleOf } from './key.ts';
import { definedKind } from './order.ts';
import { inNamespace, sanitize } from './sanitize.ts';
import type { Target } from './types.ts';
import type { Written } from './written.ts';

/** What is known about a kind before anything is sent. */
export interface KindFacts {
  readonly namespaced: boolean;
  /** True if only a definition of this plan makes it: the server cannot check its objects yet. */
  readonly planned: boolean;
}

/** The kinds of a server and of the definitions in a plan, by `apiVersion/Kind`. */
export class KindTable {
  readonly #served = new Map<string, ApiKind>();
  readonly #planned = new Map<string, KindFacts>();

  constructor(served: readonly ApiKind[], objects: readonly KubeObject[]) {
    for (const kind of served) {
      for (const version of [kind.version, ...kind.versions])
        this.#served.set(`${kind.group === '' ? '' : `${kind.group}/`}${version}/${kind.kind}`, kind);
    }
    for (const object of objects) if (definedKind(object) !== undefined) this.#plan(object);
  }

  #plan(definition: KubeObject): void {
    const kind = textAt(definition, 'spec', 'names', 'kind');
    const namespaced = textAt(definition, 'spec', 'scope') !== 'Cluster';
    for (const version of listAt(definition, 'spec', 'versions')) {
      this.#planned.set(`${textAt(definition, 'spec', 'group')}/${textAt(version, 'name')}/${kind}`, {
        namespaced,
        planned: true,
      });
    }
  }

  find(apiVersion: string, kind: string): KindFacts | undefined {
    const served = this.#served.get(`${apiVersion}/${kind}`);
    return served ? { namespaced: served.namespaced, planned: false } : this.#planned.get(`${apiVersion}/${kind}`);
  }

  /** Whether a kind of this group and name is served in any version. */
  serves(groupAndKind: string): boolean {
    return [...this.#served.values()].some((kind) => `${kind.group}/${kind.kind}` === groupAndKind);
  }

  /** The versions of the group and kind that are served, for "did you mean". */
  versionsOf(apiVersion: string, kind: string): readonly string[] {
    const group = groupOf(apiVersion);
    const known = [...this.#served.values()].find((served) => served.group === group && served.kind === kind);
    return (known?.versions ?? []).map((version) => (group === '' ? version : `${group}/${version}`));
  }

  /** The apiVersion to ask the server with for a `group/Kind`. */
  preferred(groupAndKind: string): { readonly apiVersion: string; readonly kind: string } | undefined {
    const known = [...this.#served.values()].find((kind) => `${kind.group}/${kind.kind}` === groupAndKind);
    return known && { apiVersion: known.group === '' ? known.version : `${known.group}/${known.version}`, kind: known.kind };
  }
}

/** The reference that names an object. */
export function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  return {
    apiVersion,
    kind,
    name: metadata.name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
  };
}

/** Makes written objects ready to be planned: server-only fields out, namespace from the target, kind known. What is wrong becomes a finding at its place. */
export function prepare(
  written: readonly Written[],
  kinds: KindTable,
  target: Target,
): { readonly objects: readonly Prepared[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const objects: Prepared[] = [];
  for (const one of written) {
    const tell = (severity: Severity, code: string, path: Path, message: string) =>
      void findings.push({ ...placed(one, path), severity, code, message });
    const object = prepareOne(one, kinds, target, tell);
    if (object) objects.push({ key: keyOf(refOf(object)), object, written: one });
  }
  return { objects, findings };
}

type Tell = (severity: Severity, code: string, path: Path, message: string) => void;

function prepareOne({ object: raw }: Written, kinds: KindTable, target: Target, tell: Tell): KubeObject | undefined {
  const title = titleOf({ apiVersion: raw.apiVersion, kind: raw.kind, name: raw.metadata.name });
  if (typeof raw.metadata.name !== 'string' || raw.metadata.name === '') {
    const generated = raw.metadata['generateName'] !== undefined;
    tell(
      'error',
      'object.noName',
      ['metadata'],
      `${raw.kind} has no name${generated ? ' but generateName, which would make a new one with every deploy' : ''}. Give it metadata.name.`,
    );
    return undefined;
  }
  const facts = kinds.find(raw.apiVersion, raw.kind);
  if (facts === undefined) {
    tell('error', 'object.unknownKind', ['apiVersion'], unknownKind(raw, kinds, target));
    return undefined;
  }
  const { object, stripped } = sanitize(raw);
  if (stripped.length > 0) {
    tell(
      'information',
      'object.serverFields',
      stripped[0] ?? [],
      `${title}: ${stripped.map((path) => path.at(-1)).join(', ')} ${stripped.length === 1 ? 'is' : 'are'} written by the server and not sent.`,
    );
  }
  return placeInNamespace(object, facts, target, title, tell);
}

function placeInNamespace(object: KubeObject, facts: KindFacts, target: Target, title: string, tell: Tell): KubeObject {
  const { namespace } = object.metadata;
  if (!facts.namespaced) {
    if (namespace !== undefined)
      tell(
        'warning',
        'object.namespaceIgnored',
        ['metadata', 'namespace'],
        `${title} belongs to the whole cluster; its namespace is left out.`,
      );
    return inNamespace(object, undefined);
  }
  if (namespace !== undefined && namespace !== target.namespace)
    tell(
      'warning',
      'object.otherNamespace',
      ['metadata', 'namespace'],
      `${title} goes to namespace ${namespace}, not to ${target.namespace}, the target's.`,
    );
  return inNamespace(object, namespace ?? target.namespace);
}

function unknownKind({ apiVersion, kind }: KubeObject, kinds: KindTable, target: Target): string {
  const served = kinds.versionsOf(apiVersion, kind);
  const hint =
    served.length > 0
      ? `It serves ${served.join(', ')}: change apiVersion.`
      : 'Add its CustomResourceDefinition to the deploy, or install what defines it.';
  return `${target.context} does not serve ${kind} in ${apiVersion}. ${hint}`;
}

function placed(written: Written, path: Path): Pick<Finding, 'file' | 'range'> {
  const { file, range } = written.placeOf(path);
  return { file, range };
}

/** Workloads that a HorizontalPodAutoscaler (of the plan or of the cluster) scales: `group/Kind namespace/name`. */
export function scaledBy(autoscalers: readonly KubeObject[]): Map<string, string> {
  const targets = new Map<string, string>();
  for (const scaler of autoscalers) {
    const apiVersion = textAt(scaler, 'spec', 'scaleTargetRef', 'apiVersion') ?? 'apps/v1';
    const kind = textAt(scaler, 'spec', 'scaleTargetRef', 'kind') ?? '';
    const name = textAt(scaler, 'spec', 'scaleTargetRef', 'name') ?? '';
    targets.set(`${groupKind({ apiVersion, kind })} ${scaler.metadata.namespace ?? ''}/${name}`, scaler.metadata.name);
  }
  return targets;
}

/** Leaves `spec.replicas` to the autoscaler that owns it, and says so. */
export function leaveReplicas(
  one: Prepared,
  scaled: ReadonlyMap<string, string>,
): { readonly prepared: Prepared; readonly note?: Finding } {
  const { object } = one;
  const scaler = scaled.get(`${groupKind(object)} ${object.metadata.namespace ?? ''}/${object.metadata.name}`);
  if (scaler === undefined || numberAt(object, 'spec', 'replicas') === undefined) return { prepared: one };
  const { replicas: _, ...spec } = object['spec'] as Record<string, unknown>;
  return {
    prepared: { ...one, object: { ...object, spec } as KubeObject },
    note: {
      ...placed(one.written, ['spec', 'replicas']),
      severity: 'information',
      code: 'object.replicasScaled',
      message: `HorizontalPodAutoscaler ${scaler} sets the replicas of ${object.metadata.name}; spec.replicas is not sent.`,
    },
  };
}

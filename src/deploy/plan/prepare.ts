import { createHash } from 'node:crypto';
import { listAt, type Path, textAt } from '../../base/fields.ts';
import type { ApiKind, KubeObject, ObjectRef } from '../../kubernetes/cluster.ts';
import { groupOf, keyOf, titleOf } from '../../kubernetes/objectKey.ts';
import { apiVersions } from '../../manifest/apiVersions.ts';
import type { Finding, Severity } from '../../manifest/finding.ts';
import type { Written } from '../files/written.ts';
import type { Target } from '../types.ts';
import type { Prepared } from './gate.ts';
import { definedKind } from './order.ts';
import { inNamespace, sanitize } from './sanitize.ts';

/** What is known about a kind before anything is sent. */
export interface KindFacts {
  readonly namespaced: boolean;
  /** Plural, as rules of roles name it: `deployments`. */
  readonly resource: string;
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
        resource: textAt(definition, 'spec', 'names', 'plural') ?? '',
        planned: true,
      });
    }
  }

  find(apiVersion: string, kind: string): KindFacts | undefined {
    const served = this.#served.get(`${apiVersion}/${kind}`);
    return served
      ? { namespaced: served.namespaced, resource: served.resource, planned: false }
      : this.#planned.get(`${apiVersion}/${kind}`);
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

function prepareOne({ object: written }: Written, kinds: KindTable, target: Target, tell: Tell): KubeObject | undefined {
  const raw = named(written);
  const title = titleOf({ apiVersion: raw.apiVersion, kind: raw.kind, name: raw.metadata.name });
  if (typeof raw.metadata.name !== 'string' || raw.metadata.name === '') {
    tell('error', 'object.noName', ['metadata'], `${raw.kind} has no name. Give it metadata.name.`);
    return undefined;
  }
  if (raw !== written)
    tell(
      'information',
      'object.generatedName',
      ['metadata', 'generateName'],
      `${title} has its name from what it says: it is made once, and once more when that changes. Those before it stay.`,
    );
  const facts = kinds.find(raw.apiVersion, raw.kind);
  if (facts === undefined) {
    tell('error', UNKNOWN_KIND, ['apiVersion'], unknownKind(raw, kinds, target));
    return undefined;
  }
  const { object, stripped } = sanitize(raw);
  const bytes = Buffer.byteLength(JSON.stringify(object));
  if (bytes > MOST_BYTES) {
    tell(
      'error',
      'object.tooLarge',
      ['metadata', 'name'],
      `${title} has ${mebibytes(bytes)}, and a cluster stores at most ${mebibytes(MOST_BYTES)} of an object. Divide it, or keep what is large elsewhere.`,
    );
    return undefined;
  }
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

/** Most bytes of a request that etcd takes unless it is told otherwise (etcd, "System limits"). */
const MOST_BYTES = 1.5 * 1024 * 1024;

const mebibytes = (bytes: number) => `${Math.round((bytes / 1024 / 1024) * 100) / 100} MiB`;

/**
 * An object with `generateName` alone, with a name that follows from what it says: server-side apply needs one, and a deploy that is run again, or carried on after a crash, makes no second.
 * The server keeps `generateName` beside it.
 */
function named(object: KubeObject): KubeObject {
  const prefix = object.metadata['generateName'];
  if (object.metadata.name !== undefined || typeof prefix !== 'string' || prefix === '') return object;
  const content = createHash('sha256').update(JSON.stringify(object)).digest('hex').slice(0, 8);
  // as the server does it, a name stays a name of 63 characters
  return { ...object, metadata: { ...object.metadata, name: `${prefix.slice(0, 55)}${content}` } };
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

/** The code of what is written in a version that the server does not serve. */
export const UNKNOWN_KIND = 'object.unknownKind';

/** The versions in which the server has the kind of an object that is written in another one: the one that took its place, else those of its group, preferred first. */
export function servedInstead({ apiVersion, kind }: KubeObject, kinds: KindTable): readonly string[] {
  const moved = apiVersions.find((row) => row.apiVersion === apiVersion && row.kinds.includes(kind))?.use;
  const isServed = moved !== undefined && kinds.find(moved, kind)?.planned === false;
  return isServed ? [moved] : kinds.versionsOf(apiVersion, kind);
}

function unknownKind(object: KubeObject, kinds: KindTable, target: Target): string {
  const { apiVersion, kind } = object;
  const served = servedInstead(object, kinds);
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

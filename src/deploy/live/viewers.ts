import type { Failure } from '../../base/failure.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { keyOf } from '../../kubernetes/objectKey.ts';
import type { CredentialsReference } from '../../manifest/credentials.ts';
import { inheritedFrom, isInherited, type Keeper, keeperOf, leadsOn, nextOf } from '../../manifest/credentialsPath.ts';
import { type Manifest, parseManifests } from '../../manifest/manifest.ts';
import type { AnsweredBy } from '../../manifest/resourceLookup.ts';
import type { Cloud, Clouds } from '../../openstack/cloud.ts';
import type { Project } from '../../openstack/project.ts';
import { type CredentialEntry, credentialEntry } from './credentialEntry.ts';

/** As whom a question is asked: with the credentials that were wanted, with those at hand instead (`by.instead` says why), or not at all. */
export type Viewer = { readonly project: Project; readonly by: AnsweredBy } | { readonly unknown: Failure };

/** Where credentials are looked for. */
export interface CredentialSources {
  readonly clouds: Pick<Clouds, 'openAs'>;
  /** Those among which a Secret may be: of the workspace, or of the deploy. */
  readonly manifests: () => Promise<readonly Manifest[]>;
  /** Undefined where nobody said that Secrets may be read, or no cluster is bound. `wanted`: nobody else has the credentials, so that it is worth asking the user for another time. */
  readonly cluster?: (wanted: boolean) => Promise<ReadableCluster | undefined>;
}

/** A cluster whose Secrets may be read, and the namespace of manifests that name none. */
export interface ReadableCluster {
  readonly cluster: Cluster;
  readonly namespace: string;
}

/** What was found on the way to the credentials: an entry, or why there is none, as the rest of a sentence about the reference. */
type Sought = { readonly entry: CredentialEntry; readonly from: string } | { readonly why: string; readonly absent?: true };
/** Credentials that a cloud refused, and what it said. */
export type Refused = WeakMap<Cloud, Failure>;

/**
 * Whose eyes a manifest is to be checked with. Credentials are taken from a Secret among the manifests, else from the cluster if that is allowed, else from the user's own entry of that name, and always for the
 * Keystone of the cloud that is bound: no other address is ever contacted. What was refused once is not sent again, since clouds lock accounts.
 */
export class Viewers {
  readonly #sources: CredentialSources;
  readonly #refused: Refused;
  /** What the cluster said, for as long as this lives: one check. */
  readonly #kept = new Map<string, ReturnType<Cluster['get']>>();
  readonly #machinery = new Map<string, Promise<readonly Manifest[]>>();

  constructor(sources: CredentialSources, refused: Refused = new WeakMap()) {
    this.#sources = sources;
    this.#refused = refused;
  }

  /** Undefined where nobody's credentials are named after all: whoever is bound is asked as ever. */
  async of(reference: CredentialsReference, bound: Project, signal?: AbortSignal): Promise<Viewer | undefined> {
    const own = isInherited(reference) ? await this.#inherited(reference, signal) : reference;
    if (!own) return undefined;
    const sought = await this.#seek(own, signal);
    if ('entry' in sought) return await this.#open(sought, own, bound, signal);
    const named = sought.absent && own.cloud ? await this.#openAs(bound, own.cloud, own, signal) : undefined;
    if (named && 'project' in named) return { project: named.project, by: { place: placeOf(named.project) } };
    if (sought.absent) void this.#sources.cluster?.(true);
    return { project: bound, by: { place: placeOf(bound), instead: insteadOf(bound, sought.why) } };
  }

  /** From what the files say of the cluster that a machine belongs to, else from what the cluster that may be read says. */
  async #inherited(reference: CredentialsReference, signal: AbortSignal | undefined): Promise<CredentialsReference | undefined> {
    const written = inheritedFrom(reference, await this.#sources.manifests());
    const open = written ? undefined : await this.#sources.cluster?.(false);
    if (!open) return written;
    const { namespace = open.namespace } = reference;
    const machinery = this.#machinery.get(namespace) ?? machineryOf(open.cluster, namespace, signal);
    this.#machinery.set(namespace, machinery);
    return inheritedFrom({ ...reference, namespace }, await machinery);
  }

  async #seek(reference: CredentialsReference, signal: AbortSignal | undefined): Promise<Sought> {
    if (reference.to === 'clouds.yaml') return { entry: reference.name, from: describe(reference) };
    const kept = await this.#keeper(reference, signal);
    if (!kept) return { why: `${describe(reference)} was not found`, absent: true };
    const next = leadsOn(reference) ? nextOf(reference, kept.object) : undefined;
    if (next) return await this.#seek(next, signal);
    if (leadsOn(reference)) return { why: `${describe(reference)} leads to no Secret` };
    const entry = credentialEntry(kept.object, reference);
    return entry.ok
      ? { entry: entry.value, from: describe(reference) }
      : { why: `${describe(reference)} ${entry.failure.message}` };
  }

  async #keeper(reference: CredentialsReference, signal: AbortSignal | undefined): Promise<Keeper | undefined> {
    const written = keeperOf(reference, await this.#sources.manifests());
    const open = written ? undefined : await this.#sources.cluster?.(false);
    if (!open) return written;
    const { name, namespace = open.namespace } = reference;
    for (const { apiVersion, kind, wide } of served[reference.to] ?? []) {
      const object = { apiVersion, kind, name, ...(wide ? {} : { namespace }) };
      const key = keyOf(object);
      const asked = this.#kept.get(key) ?? open.cluster.get(object, signal);
      this.#kept.set(key, asked);
      const found = await asked;
      if (found.ok) return { object: found.value };
    }
    return undefined;
  }

  async #open(
    { entry, from }: Extract<Sought, { entry: CredentialEntry }>,
    reference: CredentialsReference,
    bound: Project,
    signal: AbortSignal | undefined,
  ): Promise<Viewer> {
    const opened = await this.#openAs(bound, entry, reference, signal);
    if ('project' in opened) return { project: opened.project, by: { place: placeOf(opened.project) } };
    const { failure } = opened;
    switch (failure.reason) {
      case 'signedOut':
      case 'forbidden':
      case 'invalid':
      case 'unsupported':
      case 'notFound':
        return {
          project: bound,
          by: {
            place: placeOf(bound),
            instead: insteadOf(bound, `${from} could not be used (${failure.message.replace(/\.+$/, '')})`),
          },
        };
      default:
        // Another cloud than the one at hand, or no answer: whatever is said now may be wrong.
        return { unknown: { ...failure, message: `${from} could not be used: ${failure.message}` } };
    }
  }

  async #openAs(
    bound: Project,
    entry: CredentialEntry,
    { region }: CredentialsReference,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly project: Project } | { readonly failure: Failure }> {
    const own = typeof entry === 'string' || entry['region_name'] !== undefined;
    const cloud = await this.#sources.clouds.openAs?.(bound.cloud, entry, region ?? (own ? undefined : bound.region));
    if (!cloud) return { failure: { reason: 'unsupported', message: 'Other credentials cannot be used here.' } };
    if (!cloud.ok) return { failure: cloud.failure };
    const refused = this.#refused.get(cloud.value);
    if (refused) return { failure: refused };
    const project = await cloud.value.project(undefined, signal);
    if (project.ok) return { project: project.value };
    if (cloud.value.state === 'signedOut') this.#refused.set(cloud.value, project.failure);
    return { failure: project.failure };
  }
}

function insteadOf({ user }: Project, why: string): string {
  return `${why}, so this was asked as ${user}.`;
}

function placeOf({ name, cloud, user }: Project): string {
  return `project ${name} of cloud ${cloud}, as ${user}`;
}

/** "Secret ops-credentials of identityRef": names only. */
function describe({ to, name, field, namespace }: CredentialsReference): string {
  if (to === 'clouds.yaml') return `Cloud ${name} of ${field}`;
  const kind = to === 'cloud.conf' ? 'Secret' : to.slice(to.indexOf('/') + 1);
  return `${kind} ${namespace ? `${namespace}/` : ''}${name} of ${field}`;
}

interface Kept {
  readonly apiVersion: string;
  readonly kind: string;
  readonly wide?: true;
}

const secret: Kept = { apiVersion: 'v1', kind: 'Secret' };
const served: Readonly<Record<string, readonly Kept[]>> = {
  '/Secret': [secret],
  'cloud.conf': [secret],
  'infrastructure.cluster.x-k8s.io/OpenStackClusterIdentity': [
    { apiVersion: 'infrastructure.cluster.x-k8s.io/v1alpha1', kind: 'OpenStackClusterIdentity', wide: true },
  ],
  'core.gardener.cloud/SecretBinding': [{ apiVersion: 'core.gardener.cloud/v1beta1', kind: 'SecretBinding' }],
  'security.gardener.cloud/CredentialsBinding': [{ apiVersion: 'security.gardener.cloud/v1alpha1', kind: 'CredentialsBinding' }],
};

const machineryKinds = new Set([
  'OpenStackCluster',
  'OpenStackMachine',
  'Cluster',
  'MachineDeployment',
  'MachineSet',
  'MachinePool',
  'KubeadmControlPlane',
]);

/** What of Cluster API tells in a namespace which machines belong to which cluster. What may not be listed tells nothing. */
async function machineryOf(cluster: Cluster, namespace: string, signal: AbortSignal | undefined): Promise<readonly Manifest[]> {
  const kinds = await cluster.kinds(signal && { signal });
  const wanted = (kinds.ok ? kinds.value : []).filter(
    ({ group, kind }) => /(?:^|\.)cluster\.x-k8s\.io$/.test(group) && machineryKinds.has(kind),
  );
  const listed = await Promise.all(
    wanted.map(({ group, version, kind }) => cluster.list(`${group}/${version}`, kind, { namespace }, signal)),
  );
  const objects = listed.flatMap((one, index) => {
    const { group = '', version = '', kind = '' } = wanted[index] ?? {};
    // Items of a list do not say what they are.
    return one.ok ? one.value.items.map((item) => ({ ...item, apiVersion: `${group}/${version}`, kind })) : [];
  });
  return objects.flatMap((object) => parseManifests('', JSON.stringify(object)));
}

import { setImmediate as turn } from 'node:timers/promises';
import type { Failure } from '../../base/failure.ts';
import { type Result, success } from '../../base/failure.ts';
import type { ApiKind, Cluster, KubeObject } from '../../kubernetes/cluster.ts';
import { apiVersionOf } from '../../kubernetes/discovery.ts';
import { type ListedKind, listEach } from '../../kubernetes/listEach.ts';
import { groupKind, groupOf } from '../../kubernetes/objectKey.ts';
import { apiVersions, fateOf, type Upgrade } from '../../manifest/apiVersions.ts';
import { checkManifests } from '../../manifest/check.ts';
import { checkedVersion } from '../../manifest/checkedKinds.ts';
import { creates } from '../../manifest/creates.ts';
import { mayLeadToCredentials } from '../../manifest/credentialsPath.ts';
import type { Finding } from '../../manifest/finding.ts';
import { type Made, madeOf, withoutEchoes } from '../../manifest/liveEchoes.ts';
import { type LiveObject, liveObject, located } from '../../manifest/liveObject.ts';
import type { Manifest, ManifestObject } from '../../manifest/manifest.ts';
import { mayMatter } from '../../manifest/mayMatter.ts';
import { referencesOf } from '../../manifest/references.ts';
import type { ResourceLookup } from '../../manifest/resourceLookup.ts';
import { isSettled } from '../../manifest/settled.ts';
import { staticFindings } from '../../manifest/staticFindings.ts';
import {
  type DeprecatedVersion,
  deprecatedVersions,
  requestedVersions,
  storedVersions,
  upgradeOfObject,
} from '../../manifest/upgradeFindings.ts';
import { LiveReferences, referenceForms } from './liveReferences.ts';

/** What of a cluster is checked. */
export interface ClusterCheckOptions {
  /** Only objects of this namespace; kinds of the whole cluster are left out then. */
  readonly namespace?: string;
  /** Whether Secrets may be read: they hold configuration files, too, but that is not asked of anybody unsaid. */
  readonly secrets?: boolean;
  /** Also, what this upgrade takes away. */
  readonly upgrade?: Upgrade;
  readonly signal: AbortSignal;
  /** Told after each kind: how many of how many are done. */
  readonly onProgress?: (progress: { readonly kind: string; readonly done: number; readonly all: number }) => void;
}

/** What came of checking the objects of a cluster. */
export interface ClusterCheck {
  /** Ordered by kind, namespace and name; each says its object and field in `live`. */
  readonly findings: readonly Finding[];
  /** The text of each object with a finding, by {@link Finding.file}. */
  readonly texts: ReadonlyMap<string, string>;
  readonly kinds: number;
  readonly objects: number;
  readonly references: number;
  /** References that nobody could check, and why. */
  readonly unchecked: number;
  readonly paused?: string;
  /** Kinds that could not be listed, and so were not looked at. */
  readonly notListed: readonly NotListed[];
}

/** A kind that could not be listed, and why. */
export interface NotListed extends ListedKind {
  readonly failure: Failure;
}

/** What was not looked at as sentences: one for all kinds that are forbidden, one for each other trouble. */
export function notListedLines(context: string, notListed: readonly NotListed[]): readonly string[] {
  const forbidden = notListed.filter(({ failure }) => failure.reason === 'forbidden');
  const names = forbidden.map(({ apiVersion, kind }) => [kind, groupOf(apiVersion)].filter(Boolean).join('.')).sort();
  return [
    ...(names.length === 0 ? [] : [`Not looked at, since you may not list them on ${context}: ${names.join(', ')}.`]),
    ...notListed
      .filter((one) => !forbidden.includes(one))
      .map(({ kind, failure }) => `${kind} was not looked at: ${failure.message}`),
  ];
}

/** Whom to ask, given the objects that may lead to the credentials with which others are used. */
export type LookupFor = (objects: readonly Manifest[]) => ResourceLookup;

const definitions: ListedKind = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
/** So many objects are read without a pause. */
const atOnce = 50;

/**
 * Checks the live objects of a cluster by the rules that manifests are checked by. Only kinds that some rule reads are listed, and only if the cluster serves them; Secrets only if that was said. Findings
 * of objects that are made from others are told at their maker. Fails if the cluster cannot be asked what it serves, or nothing at all could be listed.
 */
export async function checkCluster(
  cluster: Cluster,
  lookupFor: LookupFor,
  options: ClusterCheckOptions,
): Promise<Result<ClusterCheck>> {
  const { namespace, upgrade, signal, onProgress } = options;
  const served = await cluster.kinds({ signal });
  if (!served.ok) return served;
  const context = cluster.context.name;
  const ofUpgrade = upgrade ? await beforeUpgrade(cluster, upgrade, options) : nothing;
  const kinds = kindsToList(served.value, options, ofUpgrade.deprecated);
  const read = new Reading(context);
  const notListed: NotListed[] = [];
  let done = 0;
  const take = async (listed: ListedKind, objects: readonly KubeObject[] | Failure) => {
    if (Array.isArray(objects)) await read.take(objects as readonly KubeObject[], options, ofUpgrade.deprecated);
    else notListed.push({ ...listed, failure: objects as Failure });
    done += 1;
    onProgress?.({ kind: listed.kind, done, all: kinds.length });
  };
  await listEach(cluster, kinds, namespace, take, signal);
  const [refused] = notListed;
  if (refused && notListed.length === kinds.length) return { ok: false, failure: refused.failure };
  const checked = await checkManifests(
    read.live.map(({ manifest }) => manifest),
    lookupFor(read.keepers),
    signal,
  );
  const byName = new Map(read.live.map((one) => [one.manifest.file, one]));
  const refusedKinds = new Set(notListed.map(groupKind));
  const listed = new Set(kinds.map(groupKind).filter((kind) => !refusedKinds.has(kind)));
  const ofRules = checked.findings.flatMap((finding) => toLive(finding, byName) ?? []);
  const findings = [
    ...withoutEchoes([...ofRules, ...read.references.findings(listed)], read.made),
    ...read.ofUpgrade,
    ...ofUpgrade.findings,
  ].sort(byObject);
  const texts = new Map(findings.map(({ file }) => [file, byName.get(file)?.text ?? '']));
  const { references, unknown, paused } = checked;
  return success({
    findings,
    texts,
    kinds: kinds.length - notListed.length,
    objects: read.count,
    references,
    unchecked: unknown,
    ...(paused === undefined ? {} : { paused }),
    notListed,
  });
}

/** The kinds to list: those that rules read, or that others need, and those of which the upgrade takes a version that is served. */
export function kindsToList(
  served: readonly ApiKind[],
  { namespace, secrets = false, upgrade }: Pick<ClusterCheckOptions, 'namespace' | 'secrets' | 'upgrade'>,
  deprecated: readonly DeprecatedVersion[] = [],
): readonly ListedKind[] {
  return served.flatMap((one) => {
    if (!one.verbs.includes('list') || (namespace !== undefined && !one.namespaced)) return [];
    if (one.group === '' && one.kind === 'Secret' && !secrets) return [];
    const goes = upgrade !== undefined && (isGoing(one, upgrade) || deprecated.some((version) => isOf(version, one)));
    const apiVersion = checkedVersion(one) ?? referredVersion(one) ?? (goes ? apiVersionOf(one) : undefined);
    return apiVersion === undefined ? [] : [{ apiVersion, kind: one.kind }];
  });
}

function referredVersion({ group, kind, versions }: ApiKind): string | undefined {
  return versions
    .map((version) => apiVersionOf({ group, version }))
    .find((apiVersion) => referenceForms.has(`${apiVersion} ${kind}`));
}

function isGoing({ group, kind, versions }: ApiKind, upgrade: Upgrade): boolean {
  // Of what the server does not serve any more nobody can write anything.
  return apiVersions.some(
    ({ apiVersion, removed }) =>
      // What is deprecated for good (Endpoints) is not asked for: the server would count us among those who use it.
      removed !== undefined &&
      versions.some((version) => apiVersionOf({ group, version }) === apiVersion) &&
      fateOf({ apiVersion, kind }, upgrade),
  );
}

function isOf({ apiVersion, kind }: DeprecatedVersion, { group, kind: other }: ApiKind): boolean {
  return kind === other && apiVersion.startsWith(`${group}/`);
}

/** What is read of the objects as they come; only those that rules have something to ask or say of are kept. */
class Reading {
  readonly live: LiveObject[] = [];
  readonly references: LiveReferences;
  /** Those by which it is known as whom others are used. */
  readonly keepers: Manifest[] = [];
  readonly made: Made[] = [];
  readonly ofUpgrade: Finding[] = [];
  count = 0;
  readonly #context: string;

  constructor(context: string) {
    this.#context = context;
    this.references = new LiveReferences(context);
  }

  async take(
    objects: readonly KubeObject[],
    { upgrade, signal }: Pick<ClusterCheckOptions, 'upgrade' | 'signal'>,
    deprecated: readonly DeprecatedVersion[],
  ): Promise<void> {
    for (const [index, object] of objects.entries()) {
      if (index % atOnce === atOnce - 1) await turn();
      if (signal.aborted) return;
      this.count += 1;
      this.made.push(madeOf(this.#context, object));
      this.references.take(object);
      if (upgrade) this.ofUpgrade.push(...upgradeOfObject(this.#context, object, upgrade, deprecated));
      const leads = leaders.test(object.kind);
      const live = isRead(object) && (leads || mayMatter(object)) ? liveObject(this.#context, object) : undefined;
      if (!live) continue;
      if (asks(live)) this.live.push(live);
      if (leads && mayLeadToCredentials.test(live.text)) this.keepers.push(live.manifest);
    }
  }
}

/** Kinds by which it is known as whom others are used. Of Secrets and ConfigMaps there are many; those that are named are asked for by themselves, if they may be read. */
const leaders = /^OpenStack|^Machine|^Cluster$|ControlPlane$|Binding$/;

/** An object that is settled brings about what it makes all the same. */
function isRead(object: KubeObject): boolean {
  return !isSettled(object) || object.apiVersion.startsWith('openstack.k-orc.cloud/');
}

function asks({ manifest: { local } }: LiveObject): boolean {
  return (
    local.tree !== undefined && (referencesOf(local).length + staticFindings(local).length > 0 || creates(local) !== undefined)
  );
}

function toLive(finding: Finding, byName: ReadonlyMap<string, LiveObject>): Finding | undefined {
  const live = byName.get(finding.file);
  // How a text is written is our own doing here, its structure the server accepted, and there is no text to be mended.
  if (!live || /^yaml\.|^schema\.|^object\.misspelt$/.test(finding.code) || isSettled(live.object)) return undefined;
  const { fixes: _, related: __, ...rest } = finding;
  return located(rest, live);
}

interface BeforeUpgrade {
  readonly deprecated: readonly DeprecatedVersion[];
  readonly findings: readonly Finding[];
}
const nothing: BeforeUpgrade = { deprecated: [], findings: [] };

/** What definitions and the server's own count say of an upgrade. Who may not read them gets what objects say. */
async function beforeUpgrade(
  cluster: Cluster,
  upgrade: Upgrade,
  { namespace, signal }: Pick<ClusterCheckOptions, 'namespace' | 'signal'>,
): Promise<BeforeUpgrade> {
  if (namespace !== undefined) return nothing;
  const context = cluster.context.name;
  if (upgrade.product === 'kubernetes') {
    const metrics = await cluster.raw('/metrics', { signal, accept: 'text/plain' });
    return { deprecated: [], findings: metrics.ok ? requestedVersions(context, metrics.value, upgrade) : [] };
  }
  const list = await cluster.list(definitions.apiVersion, definitions.kind, {}, signal);
  if (!list.ok) return nothing;
  const ofClusterApi = list.value.items.filter((one) => /(?:^|\.)cluster\.x-k8s\.io$/.test(groupIn(one)));
  return {
    deprecated: ofClusterApi.flatMap(deprecatedVersions),
    findings: ofClusterApi.flatMap((one) => storedVersions(context, one, upgrade)),
  };
}

function groupIn({ metadata: { name } }: ManifestObject & KubeObject): string {
  return name.slice(name.indexOf('.') + 1);
}

function byObject(one: Finding, other: Finding): number {
  const words = ({ live, file }: Finding) => `${live?.kind} ${live?.namespace ?? ''} ${file}`;
  return words(one).localeCompare(words(other)) || one.range.start - other.range.start;
}

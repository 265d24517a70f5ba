import { listAt, textAt } from '../base/fields.ts';
import { fateOf, isAtLeast, products, type Upgrade } from './apiVersions.ts';
import type { Finding, LivePlace } from './finding.ts';
import { liveName, placeOf } from './liveObject.ts';
import type { Manifest, ManifestObject } from './manifest.ts';

/** A version of a kind that its CustomResourceDefinition marks as deprecated, with what it says of it. */
export interface DeprecatedVersion {
  readonly apiVersion: string;
  readonly kind: string;
  readonly warning: string;
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
/** Parts of Kubernetes itself, which are upgraded with it. */
const ofControlPlane = new Set(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy']);
const nowhere = { start: 0, end: 0 };

/** What an upgrade does to a manifest that names its API version. Templates, too: a version is mostly literal. */
export function upgradeOfManifest(manifest: Manifest, upgrade: Upgrade): Finding | undefined {
  const { apiVersion, kind, file } = manifest;
  if (apiVersion === undefined || kind === undefined) return undefined;
  const change = changeOf({ apiVersion, kind }, upgrade);
  return (
    change && { file, range: manifest.rangeOf(['apiVersion']), ...change, message: `${apiVersion} ${kind}: ${change.message}` }
  );
}

/**
 * What an upgrade does to those who write a live object: the object itself is kept in any case, but its `managedFields` and the annotation of `kubectl apply` say who wrote it in which version. One finding
 * for each version; entries about the status are its controller's own.
 */
export function upgradeOfObject(
  context: string,
  object: ManifestObject,
  upgrade: Upgrade,
  deprecated: readonly DeprecatedVersion[] = [],
): readonly Finding[] {
  const { kind } = object;
  const writers = writersOf(object).filter(({ manager }) => upgrade.product !== 'kubernetes' || !ofControlPlane.has(manager));
  return [...Map.groupBy(writers, ({ apiVersion }) => apiVersion)].flatMap(([apiVersion, same]) => {
    const marked = deprecated.find((one) => one.apiVersion === apiVersion && one.kind === kind);
    const change = changeOf({ apiVersion, kind }, upgrade) ?? (marked && markedAs(marked));
    if (!change) return [];
    const names = [...new Set(same.map(({ manager }) => manager))];
    const last = same
      .map(({ at }) => at)
      .sort()
      .at(-1);
    const when = last ? ` (last ${last.slice(0, 10)})` : '';
    const who = `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
    const live = placeOf(context, object, ['apiVersion']);
    const message = `${who} wrote it as ${apiVersion}${when}: ${change.message}`;
    return [{ file: liveName(live), range: nowhere, ...change, message, live }];
  });
}

/** The deprecated versions that a live CustomResourceDefinition serves. Source: apiextensions.k8s.io/v1, `spec.versions[].deprecated` and `deprecationWarning`. */
export function deprecatedVersions(definition: ManifestObject): readonly DeprecatedVersion[] {
  const [group, kind] = [textAt(definition, 'spec', 'group'), textAt(definition, 'spec', 'names', 'kind')];
  if (group === undefined || kind === undefined) return [];
  const versions = listAt(definition, 'spec', 'versions').map((version) => version as Readonly<Record<string, unknown>>);
  const lasting = versions.find(({ storage, served, deprecated }) => storage === true && served === true && deprecated !== true);
  const instead = lasting ? `; use ${group}/${String(lasting['name'])}` : '';
  return versions.flatMap((version) => {
    const { name, served, deprecated } = version;
    if (typeof name !== 'string' || served !== true || deprecated !== true) return [];
    const apiVersion = `${group}/${name}`;
    return [
      { apiVersion, kind, warning: textAt(version, 'deprecationWarning') ?? `${apiVersion} ${kind} is deprecated${instead}` },
    ];
  });
}

/**
 * Versions in which the server may still keep objects of a kind and that an upgrade takes out of its definition: the API server refuses a definition without a version of `status.storedVersions`.
 * Source: Kubernetes, Versions in CustomResourceDefinitions, "Upgrade existing objects to a new stored version".
 */
export function storedVersions(context: string, definition: ManifestObject, upgrade: Upgrade): readonly Finding[] {
  const [group, kind] = [textAt(definition, 'spec', 'group') ?? '', textAt(definition, 'spec', 'names', 'kind') ?? ''];
  return listAt(definition, 'status', 'storedVersions').flatMap((version, index) => {
    const apiVersion = `${group}/${String(version)}`;
    if (fateOf({ apiVersion, kind }, upgrade)?.fate !== 'removed') return [];
    const live = placeOf(context, definition, ['status', 'storedVersions', index]);
    const message = `Objects may still be kept as ${apiVersion}, which ${titleOf(upgrade)} does not serve any more: write them anew and take the version out of status.storedVersions before.`;
    return [{ file: liveName(live), range: nowhere, severity: 'error' as const, code: 'api.stored', message, live }];
  });
}

/**
 * What was asked for of the API server since it started and an upgrade takes away, from the text of its metrics.
 * Source: Kubernetes, metric `apiserver_requested_deprecated_apis` (labels group, version, resource, removed_release); each server counts for itself.
 */
export function requestedVersions(context: string, metrics: string, { product, to }: Upgrade): readonly Finding[] {
  if (product !== 'kubernetes') return [];
  const lines = metrics.matchAll(/^apiserver_requested_deprecated_apis\{([^}]*)\} 1$/gm);
  const asked = [...lines].flatMap(([, labels = '']) => {
    const label = Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));
    const { group = '', version = '', resource = '', removed_release: removed = '' } = label;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    return [{ apiVersion, resource, removed }];
  });
  return [...Map.groupBy(asked, ({ apiVersion, resource }) => `${apiVersion} ${resource}`).values()].flatMap(([one]) => {
    if (!one || (one.removed !== '' && !isAtLeast(to, one.removed))) return [];
    const gone = one.removed !== '';
    const live: LivePlace = { context, apiVersion: one.apiVersion, kind: one.resource, path: [], line: 0 };
    const fate = gone
      ? `Kubernetes ${one.removed} does not serve it any more`
      : 'it is deprecated, with no release set for its removal';
    const message = `Somebody asked for ${one.apiVersion} ${one.resource} since the API server started; ${fate}. The audit log tells who (annotation k8s.io/deprecated).`;
    const severity = gone ? ('warning' as const) : ('information' as const);
    return [{ file: liveName(live), range: nowhere, severity, code: 'api.requested', message, live }];
  });
}

type Change = Pick<Finding, 'severity' | 'code' | 'message'> & { readonly tags?: readonly 'deprecated'[] };

function changeOf(of: { readonly apiVersion: string; readonly kind: string }, upgrade: Upgrade): Change | undefined {
  const known = fateOf(of, upgrade);
  if (!known) return undefined;
  const { removed, deprecated, use } = known.row;
  const { name } = products[upgrade.product];
  const instead = use === undefined ? ' Nothing takes its place.' : ` Use ${use}.`;
  if (known.fate === 'removed')
    return { severity: 'error', code: 'api.removed', message: `${name} ${removed} does not serve that any more.${instead}` };
  const end = removed === undefined ? '' : ` and gone in ${removed}`;
  const message = `deprecated since ${name} ${deprecated}${end}.${instead}`;
  return { severity: 'warning', code: 'api.deprecated', message, tags: ['deprecated'] };
}

function markedAs({ warning }: DeprecatedVersion): Change {
  return {
    severity: 'warning',
    code: 'api.deprecated',
    message: `its definition says: ${warning.replace(/\.?$/, '.')}`,
    tags: ['deprecated'],
  };
}

interface Writer {
  readonly apiVersion: string;
  readonly manager: string;
  readonly at: string;
}

function writersOf(object: ManifestObject): readonly Writer[] {
  const managers = listAt(object.metadata, 'managedFields').flatMap((entry): Writer[] => {
    const [apiVersion, manager] = [textAt(entry, 'apiVersion'), textAt(entry, 'manager')];
    const ofStatus = (textAt(entry, 'subresource') ?? '') !== '';
    if (apiVersion === undefined || ofStatus) return [];
    return [{ apiVersion, manager: manager ?? 'somebody', at: textAt(entry, 'time') ?? '' }];
  });
  const applied = appliedVersion(textAt(object.metadata, 'annotations', lastApplied));
  const isTold = managers.some(({ apiVersion }) => apiVersion === applied);
  return applied === undefined || isTold ? managers : [...managers, { apiVersion: applied, manager: 'kubectl apply', at: '' }];
}

/** Of what was applied last, only in which version. */
function appliedVersion(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : textAt(JSON.parse(text), 'apiVersion');
  } catch {
    return undefined;
  }
}

function titleOf({ product, to }: Upgrade): string {
  return `${products[product].name} ${to}`;
}

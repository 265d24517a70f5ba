import { failed, type Result, success } from '../base/failure.ts';
import { plainText } from '../base/plainText.ts';
import type { KubeClient } from './client.ts';
import type { ApiKind } from './cluster.ts';

const aggregated = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

interface DiscoveredResource {
  readonly resource: string;
  readonly responseKind?: { readonly kind?: string };
  readonly scope?: string;
  readonly singularResource?: string;
  readonly verbs?: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly { readonly subresource: string }[];
}
interface GroupList {
  readonly kind?: string;
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly resources?: readonly DiscoveredResource[];
      /** `Stale` when the API server behind it does not answer (apidiscovery.k8s.io/v2, `DiscoveryFreshness`). */
      readonly freshness?: string;
    }[];
  }[];
  readonly groups?: readonly {
    readonly name: string;
    readonly versions: readonly { readonly version: string }[];
    readonly preferredVersion?: { readonly version: string };
  }[];
  readonly versions?: readonly string[];
}
interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly singularName?: string;
    readonly verbs?: readonly string[];
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
  }[];
}

/** Every kind that could be learnt of, and the versions of groups (`metrics.k8s.io/v1beta1`) that could not be asked: an aggregated API whose server is away. */
export interface Discovered {
  readonly kinds: readonly ApiKind[];
  readonly unavailable: ReadonlySet<string>;
}

/** Every kind the server lists: two requests where it knows aggregated discovery (KEP-3352), else one for each group and version. */
export async function discover(client: KubeClient, signal?: AbortSignal): Promise<Result<Discovered>> {
  const ask = (path: string) => client.json<GroupList>({ path, accept: `${aggregated},application/json`, signal });
  const [core, groups] = await Promise.all([ask('/api'), ask('/apis')]);
  if (!core.ok) return core;
  if (!groups.ok) return groups;
  if (!(core.value.items ?? core.value.versions) || !(groups.value.items ?? groups.value.groups))
    return failed(
      'malformed',
      `What answers for ${client.context} is not the API of Kubernetes. Check the address, and for a proxy in between.`,
    );
  const unavailable = new Set<string>();
  const lists = await Promise.all(
    [core.value, groups.value].map((list) =>
      list.items ? fromAggregated(list, unavailable) : fromClassic(client, list, unavailable, signal),
    ),
  );
  return success({ kinds: lists.flat(), unavailable });
}

function fromAggregated({ items = [] }: GroupList, unavailable: Set<string>): ApiKind[] {
  return items.flatMap(({ metadata, versions = [] }) => {
    const group = metadata?.name ?? '';
    for (const { version, freshness } of versions) if (freshness === 'Stale') unavailable.add(apiVersionOf({ group, version }));
    return joinVersions(
      versions.map(({ version, resources = [] }) =>
        resources.filter(({ responseKind }) => responseKind?.kind).map((resource) => oneOf(group, version, resource)),
      ),
    );
  });
}

function oneOf(group: string, version: string, resource: DiscoveredResource): ApiKind {
  return {
    group,
    version,
    versions: [version],
    kind: resource.responseKind?.kind ?? '',
    resource: resource.resource,
    singular: resource.singularResource ?? '',
    shortNames: resource.shortNames ?? [],
    namespaced: resource.scope === 'Namespaced',
    verbs: resource.verbs ?? [],
    categories: resource.categories ?? [],
    subresources: (resource.subresources ?? []).map(({ subresource }) => subresource),
  };
}

/** Versions come preferred first: the first that has a resource is the one to use. */
function joinVersions(versions: readonly (readonly ApiKind[])[]): ApiKind[] {
  const joined = new Map<string, ApiKind>();
  for (const kind of versions.flat()) {
    const known = joined.get(kind.resource);
    joined.set(kind.resource, known ? { ...known, versions: [...known.versions, kind.version] } : kind);
  }
  return [...joined.values()];
}

async function fromClassic(
  client: KubeClient,
  list: GroupList,
  unavailable: Set<string>,
  signal: AbortSignal | undefined,
): Promise<ApiKind[]> {
  const groups = list.groups
    ? list.groups.map(({ name, versions, preferredVersion }) => ({
        group: name,
        versions: preferredFirst(
          versions.map(({ version }) => version),
          preferredVersion?.version,
        ),
      }))
    : [{ group: '', versions: list.versions ?? [] }];
  const kinds = await Promise.all(
    groups.map(async ({ group, versions }) => {
      const answers = await Promise.all(
        versions.map((version) =>
          client.json<ResourceList>({ path: group === '' ? `/api/${version}` : `/apis/${group}/${version}`, signal }),
        ),
      );
      return joinVersions(
        answers.map((answer, index) => {
          const version = versions[index] ?? '';
          if (answer.ok) return fromResourceList(group, version, answer.value);
          unavailable.add(apiVersionOf({ group, version }));
          return [];
        }),
      );
    }),
  );
  return kinds.flat();
}

function preferredFirst(versions: readonly string[], preferred: string | undefined): readonly string[] {
  return preferred === undefined ? versions : [preferred, ...versions.filter((version) => version !== preferred)];
}

function fromResourceList(group: string, version: string, { resources = [] }: ResourceList): ApiKind[] {
  const below = (name: string) =>
    resources.filter((one) => one.name.startsWith(`${name}/`)).map((one) => one.name.slice(name.length + 1));
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced, singularName = '', verbs = [], shortNames = [], categories = [] }) => ({
      group,
      version,
      versions: [version],
      kind,
      resource: name,
      singular: singularName,
      shortNames,
      namespaced,
      verbs,
      categories,
      subresources: below(name),
    }));
}

/**
 * The path of a kind's collection, or of one object of it: `/apis/apps/v1/namespaces/shop/deployments/web`. Without a namespace, a namespaced collection is that of all of them.
 * Fails with `invalid` for what would lead elsewhere: `..` as a name is the namespace itself. The rule is the API server's own (apimachinery, `IsValidPathSegmentName`).
 */
export function pathOf(kind: ApiKind, namespace: string | undefined, name?: string): Result<string> {
  const { group, version, resource, namespaced } = kind;
  const root = group === '' ? ['api', version] : ['apis', group, version];
  const space = namespaced && namespace !== undefined && namespace !== '' ? ['namespaces', namespace] : [];
  const parts = [...root, ...space, resource, ...(name === undefined ? [] : [name])];
  const wrong = parts.find((part) => !isPathSegment(part));
  if (wrong === undefined) return success(`/${parts.map(encodeURIComponent).join('/')}`);
  const whose = wrong === name ? kind.kind : wrong === namespace ? 'namespace' : 'kind';
  return failed('invalid', `"${plainText(wrong, 80)}" cannot be the name of a ${whose}. Correct it.`);
}

function isPathSegment(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && !/[/%]/.test(part);
}

/** `v1`, `apps/v1`. */
export function apiVersionOf({ group, version }: Pick<ApiKind, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

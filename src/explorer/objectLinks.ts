import type { Path } from '../base/fields.ts';
import type { ApiKind, Cluster, KubeObject } from '../kubernetes/cluster.ts';
import { groupKind, groupOf } from '../kubernetes/objectKey.ts';
import { type ObjectReference, referencesOf } from '../kubernetes/objectReferences.ts';
import type { Range } from '../manifest/finding.ts';
import { LineIndex } from '../manifest/lineIndex.ts';
import { type Manifest, parseManifests } from '../manifest/manifest.ts';
import { referencesOf as resourceReferencesOf } from '../manifest/references.ts';
import { idOf } from '../openstack/display.ts';
import type { Resource } from '../openstack/kind.ts';
import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { resourcesOf } from '../relations/related.ts';
import type { IdLink } from './idLinks.ts';
import { chainOf, objectKey, resourceKey } from './keys.ts';

/** A run of the text and what it leads to. */
interface Found {
  readonly range: Range;
  readonly key: string;
  readonly noun: string;
}

/**
 * The names and ids in the details of an object (YAML or JSON) that lead elsewhere: objects of its cluster that it names, whether they exist or not, and resources of clouds, as far
 * as the projects have them. Each place leads to one thing. What cannot be asked has no link.
 */
export async function objectLinks(
  text: string,
  cluster: Cluster,
  projects: readonly Project[],
  signal?: AbortSignal,
): Promise<readonly IdLink[]> {
  const [manifest] = parseManifests('', text);
  const read = manifest?.toJson();
  if (!manifest || !read?.ok) return [];
  const object = read.value as KubeObject;
  const page: Page = { text, manifest, object, cluster };
  const found = await Promise.all([
    objectsNamed(page, signal),
    resourcesNamed(page, projects, signal),
    itself(page, projects, signal),
  ]);
  const lines = new LineIndex(text);
  // What stands in no group of its view (an endpoint) cannot be shown.
  const shown = found.flat().filter(({ key }) => chainOf(key) !== undefined);
  const once = new Map(shown.map((one) => [one.range.start, one]));
  return [...once.values()]
    .sort((one, other) => one.range.start - other.range.start)
    .map(({ range, key, noun }) => {
      const { line, character } = lines.positionAt(range.start);
      return { line, start: character, end: character + range.end - range.start, key, noun };
    });
}

interface Page {
  readonly text: string;
  readonly manifest: Manifest;
  readonly object: KubeObject;
  readonly cluster: Cluster;
}

/** Objects of the same cluster: by the table of references that orders a deploy, and the owners, which only a live object has. */
async function objectsNamed({ text, manifest, object, cluster }: Page, signal?: AbortSignal): Promise<Found[]> {
  const kinds = await cluster.kinds(signal ? { signal } : {});
  if (!kinds.ok) return [];
  const served = new Map(kinds.value.map((kind) => [`${kind.group}/${kind.kind}`, kind]));
  const { name: context } = cluster.context;
  return [...referencesOf(object).map((reference) => ({ ...reference, shown: reference.name })), ...ownersOf(object)].flatMap(
    ({ to, name, namespace = object.metadata.namespace, at, shown }) => {
      const kind = served.get(to);
      const whole = manifest.rangeOf(at);
      const range = within(text, whole, shown);
      // Of several names in one text (an annotation) none can be pointed at alone.
      if (!kind || !range || whole.end - whole.start > shown.length + quotes) return [];
      const key = keyIn(context, kind, namespace, name);
      return key === undefined ? [] : [{ range, key, noun: kind.kind }];
    },
  );
}

/** Most characters around a text that are not its own. */
const quotes = 2;

/** A namespaced object without a namespace cannot be named. */
function keyIn(context: string, { group, kind, namespaced }: ApiKind, namespace: string | undefined, name: string) {
  if (namespaced && namespace === undefined) return undefined;
  return objectKey({ context, group, kind, namespace: namespaced ? namespace : undefined, name });
}

type Named = Pick<ObjectReference, 'to' | 'name' | 'at' | 'namespace'> & { readonly shown: string };

/** Owners stand in the namespace of what they own, or in none (Kubernetes, "Owners and Dependents"). */
function ownersOf({ metadata }: KubeObject): Named[] {
  return (metadata.ownerReferences ?? []).flatMap(({ apiVersion, kind, name, uid }, index): Named[] => {
    const to = groupKind({ apiVersion, kind });
    const at: Path = ['metadata', 'ownerReferences', index];
    return [
      { to, name, at: [...at, 'name'], shown: name },
      { to, name, at: [...at, 'uid'], shown: uid },
    ];
  });
}

/** Resources that a rule of the reference catalog finds named: `volumeHandle` of Cinder, the annotations of a Service. */
async function resourcesNamed({ text, manifest }: Page, projects: readonly Project[], signal?: AbortSignal): Promise<Found[]> {
  const found = await Promise.all(
    resourceReferencesOf(manifest.local).map(async ({ rule: { to }, query, range, text: shown }): Promise<Found[]> => {
      if (shown === undefined) return [];
      const asked = projects.filter((project) => project.offers(to));
      const answers = await Promise.all(asked.map((project) => project.find(to, query, signal)));
      const matches = asked.flatMap((project, index) => {
        const answer = answers[index];
        return answer?.verdict === 'found' ? answer.matches.map((resource) => ({ project, resource })) : [];
      });
      // What is shared is seen from several projects.
      const [one, ...others] = new Map(matches.reverse().map((match) => [idOf(to, match.resource), match])).values();
      const place = within(text, { start: range.start + manifest.offset, end: range.end + manifest.offset }, shown);
      return one && others.length === 0 && place
        ? [{ range: place, key: keyOf(one.project, to, one.resource), noun: nounOf(to) }]
        : [];
    }),
  );
  return found.flat();
}

/** Shorter texts are no ids that one would recognise anywhere in an object. */
const shortestId = 32;

/** The resource that the object is, by the relations between the worlds, wherever its id stands: alone, or at the end of a provider id. */
async function itself(page: Page, projects: readonly Project[], signal?: AbortSignal): Promise<Found[]> {
  const { text, manifest, object, cluster } = page;
  const { found } = await resourcesOf(cluster, `${groupOf(object.apiVersion)}/${object.kind}`, object, projects, signal);
  return found
    .filter(({ certain }) => certain)
    .flatMap(({ kind, project, resource }) => {
      const id = idOf(kind, resource);
      if (id.length < shortestId) return [];
      const places = pathsOf(object, (value) => value === id || value.endsWith(`/${id}`));
      const target = { key: keyOf(project, kind, resource), noun: nounOf(kind) };
      return places.flatMap((at) => {
        const range = within(text, manifest.rangeOf(at), id);
        return range ? [{ range, ...target }] : [];
      });
    });
}

function keyOf({ cloud, region, id: project }: Project, kind: KindId, resource: Resource): string {
  return resourceKey({ cloud, region, project, kind, id: idOf(kind, resource) });
}

const nounOf = (kind: KindId) => kindOf(kind).label[0];

/** Where the words stand at the end of a value, quotes left out; undefined when the text of the value reads otherwise. */
function within(text: string, { start, end }: Range, words: string): Range | undefined {
  const at = text.lastIndexOf(words, end - words.length);
  return words !== '' && at >= start ? { start: at, end: at + words.length } : undefined;
}

/** The paths of the texts in a value that are looked for. */
function pathsOf(value: unknown, wanted: (text: string) => boolean, at: Path = []): Path[] {
  if (typeof value === 'string') return wanted(value) ? [at] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => pathsOf(item, wanted, [...at, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, wanted, [...at, name]));
}

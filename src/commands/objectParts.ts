import { l10n } from 'vscode';
import type { Node, Subject } from '../explorer/nodes.ts';
import type { Resource } from '../openstack/kind.ts';
import { nameIn, type Part } from '../openstack/objectBatch.ts';
import type { Project } from '../openstack/project.ts';
import { type ChooseParts, chooseProject, chooseResource, placeName } from './chooseResource.ts';

const containers = 'object-store.container';
const objects = 'object-store.object';

/** A place that objects go to. */
export interface ObjectFolder {
  readonly project: Project;
  readonly container: string;
  readonly prefix: string;
}

/** The part of a container that a row stands for; undefined for other rows. */
export function partOf(subject: Subject | undefined): Part | undefined {
  if (subject?.of === 'folder') {
    const { project, container, prefix } = subject.folder;
    return { project, container: nameIn(container), prefix };
  }
  if (subject?.of !== 'resource') return undefined;
  const { project, kind, resource, parent } = subject;
  if (kind === containers) return { project, container: nameIn(resource), prefix: '' };
  return kind === objects && parent ? { project, container: nameIn(parent), object: resource } : undefined;
}

/** The folder of a row; of an object the one it is in. Called without a row, a container that is picked. */
export async function folderOf(parts: ChooseParts, node: Node | undefined): Promise<ObjectFolder | undefined> {
  const part = partOf(node?.row.subject);
  if (part && 'prefix' in part) return part;
  if (part) {
    const name = nameIn(part.object);
    return { ...part, prefix: name.slice(0, name.lastIndexOf('/') + 1) };
  }
  const place = await chooseContainer(parts);
  return place && { project: place.project, container: nameIn(place.container), prefix: '' };
}

/** The parts that rows stand for; called without any, an object that is picked. What lies in another part of them counts once. */
export async function partsOf(parts: ChooseParts, nodes: readonly Node[]): Promise<readonly Part[]> {
  const all = nodes.flatMap(({ row }) => partOf(row.subject) ?? []);
  if (nodes.length > 0) return all.filter((one) => !all.some((other) => other !== one && holds(other, one)));
  const place = await chooseContainer(parts);
  const object = place && (await chooseResource(parts, place.project, objects, { parent: place.container }));
  return place && object ? [{ project: place.project, container: nameIn(place.container), object }] : [];
}

/** `object a/b.txt`, `folder a/`, `container backups`, `3 selected`. */
export function partsName(parts: readonly Part[]): string {
  const [first] = parts;
  if (!first || parts.length > 1) return l10n.t('{0} selected', parts.length);
  if ('object' in first) return l10n.t('object {0}', nameIn(first.object));
  return first.prefix === '' ? l10n.t('container {0}', first.container) : l10n.t('folder {0}', first.prefix);
}

function holds(outer: Part, inner: Part): boolean {
  if ('object' in outer || outer.project !== inner.project || outer.container !== inner.container) return false;
  return ('object' in inner ? nameIn(inner.object) : inner.prefix).startsWith(outer.prefix);
}

async function chooseContainer(parts: ChooseParts): Promise<{ project: Project; container: Resource } | undefined> {
  const project = await chooseProject(parts);
  const title = project && l10n.t('Which container of {0}?', placeName(project));
  const container = project && (await chooseResource(parts, project, containers, title ? { title } : {}));
  return project && container ? { project, container } : undefined;
}

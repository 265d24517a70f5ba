import type { Failure } from '../base/failure.ts';
import { plainText } from '../base/plainText.ts';
import { columnsOf } from '../openstack/display.ts';
import type { Resource } from '../openstack/kind.ts';
import { kindOf } from '../openstack/kinds/kinds.ts';
import { listFolder } from '../openstack/objectStore.ts';
import type { Project } from '../openstack/project.ts';
import { resourceKey } from './keys.ts';
import { type Branch, emptyRow, failureRow, moreRow, type Open, pageSize, type Row, row } from './nodes.ts';

const kind = 'object-store.object';

/** A folder of objects: all whose names begin with `prefix`, which is empty or ends with `/`. */
export interface Folder {
  readonly project: Project;
  readonly container: Resource;
  readonly prefix: string;
}

/** Looks into a folder: a level of folders and objects, a page at a time, in the service's order. */
export function openFolder(folder: Folder): Open {
  return (changed) => new FolderBranch(folder, changed);
}

class FolderBranch implements Branch {
  readonly #folder: Folder;
  readonly #changed: () => void;
  readonly #subscription: { dispose(): void };
  #rows: Promise<Listing> | undefined;
  #wanted = pageSize;

  constructor(folder: Folder, changed: () => void) {
    this.#folder = folder;
    this.#changed = changed;
    this.#subscription = folder.project.onDidChange(({ kinds }) => {
      if (!kinds.includes(kind)) return;
      this.#rows = undefined;
      changed();
    });
  }

  async rows(): Promise<readonly Row[]> {
    this.#rows ??= this.#list();
    return (await this.#rows).rows;
  }

  refresh(): void {
    this.#rows = undefined;
  }

  async again(): Promise<Failure | undefined> {
    if (!this.#rows) return undefined;
    const before = await this.#rows;
    const now = await this.#list();
    this.#rows = Promise.resolve(now);
    if (now.look !== before.look) this.#changed();
    return now.failure;
  }

  async more(): Promise<void> {
    this.#wanted += pageSize;
    this.#rows = undefined;
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #list(): Promise<Listing> {
    const { project, container, prefix } = this.#folder;
    const folders = new Set<string>();
    const objects = new Map<string, Resource>();
    let marker: string | undefined;
    do {
      const limit = this.#wanted - folders.size - objects.size;
      const page = await listFolder(project, nameIn(container), prefix, { marker, limit });
      if (!page.ok)
        return { rows: [failureRow(page.failure, { cloud: project.cloud })], look: page.failure.message, failure: page.failure };
      for (const one of page.value.folders) folders.add(one);
      // A marker of the folder itself is no object in it.
      for (const one of page.value.objects) if (nameIn(one) !== prefix) objects.set(nameIn(one), one);
      marker = page.value.next;
    } while (marker !== undefined && folders.size + objects.size < this.#wanted);
    const rows = [
      ...[...folders].map((one) => folderRow({ project, container, prefix: one }, prefix)),
      ...[...objects.values()].map((one) => objectRow(this.#folder, one)),
    ];
    const look = JSON.stringify([[...folders], [...objects.values()]]);
    if (rows.length === 0) return { rows: [emptyRow('No objects here.')], look };
    return { rows: marker === undefined ? rows : [...rows, moreRow(rows.length)], look };
  }
}

interface Listing {
  readonly rows: readonly Row[];
  /** What it is made of, to see whether another one differs. */
  readonly look: string;
  readonly failure?: Failure;
}

function folderRow(folder: Folder, above: string): Row {
  const { prefix } = folder;
  return row({
    segment: prefix,
    label: shown(prefix, above),
    icon: 'folder',
    words: [
      'folder',
      'can:refresh',
      'can:copyName',
      'can:uploadFiles',
      'can:uploadFolder',
      'can:downloadObjects',
      'can:deleteObjects',
    ],
    subject: { of: 'folder', folder },
    name: prefix,
    open: openFolder(folder),
  });
}

function objectRow({ project, container, prefix }: Folder, resource: Resource): Row {
  const name = nameIn(resource);
  const columns = columnsOf(kind, resource);
  const size = columns.find(([title]) => title === 'size')?.[1];
  const { cloud, region, id } = project;
  return row({
    segment: `${name} `,
    label: shown(name, prefix),
    description: [size, ageOf(resource)].filter(Boolean).join(' · '),
    icon: kindOf(kind).icon,
    facts: [['name', plainText(name)], ...columns],
    words: [
      'resource',
      `kind:${kind}`,
      'can:open',
      'can:copyName',
      'can:copyCurl',
      ...(kindOf(kind).opens ?? []).map((word) => `can:${word}` as const),
    ],
    subject: { of: 'resource', project, kind, resource, parent: container },
    id: name,
    name,
    key: resourceKey({ cloud, region, project: id, kind, id: `${nameIn(container)}/${name}` }),
    click: 'hybridClusters.openObject',
  });
}

/** The last part of a name; a lone slash where a name has an empty part. */
function shown(name: string, above: string): string {
  return plainText(name.slice(above.length).replace(/(?<=.)\/$/, '')) || '/';
}

/** The name as it is: of objects it may look like anything, an address too. */
function nameIn(resource: Resource): string {
  return String(resource['name'] ?? '');
}

const units = [
  ['y', 365 * 86_400],
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const;

/** `3d` since it was changed, as kubectl tells ages; the service's times are UTC without saying so. */
function ageOf(resource: Resource): string | undefined {
  const changed = Date.parse(`${String(resource['last_modified'])}Z`);
  if (Number.isNaN(changed)) return undefined;
  const seconds = Math.max(0, Math.floor((Date.now() - changed) / 1000));
  const unit = units.find(([, size]) => seconds >= size);
  return unit ? `${Math.floor(seconds / unit[1])}${unit[0]}` : `${seconds}s`;
}

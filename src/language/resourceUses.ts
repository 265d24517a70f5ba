import { type Reference, referencesOf } from '../manifest/references.ts';
import type { KindId } from '../openstack/kinds/kinds.ts';
import type { BindingAnswer, ResourceFacts } from '../protocol.ts';
import type { NameIndex } from './nameIndex.ts';
import { PerSection } from './perSection.ts';

type Binding = BindingAnswer['binding'];

/** An object whose manifest names a resource. */
export interface ResourceUse {
  readonly kind: string;
  readonly name: string;
  readonly uri: string;
  /** From 0. */
  readonly line: number;
}

/** What is kept of a reference of a file that may not be open. */
interface KnownReference {
  readonly to: KindId;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly by: { readonly kind: string; readonly name: string };
  readonly start: number;
}

/** The manifests of the workspace, open or not, that name a resource of the cloud they are bound to. Asks no cloud: what is written is compared with its id and its name. */
export class ResourceUses {
  readonly #index: NameIndex;
  /** Of files that are not open nothing else is kept. */
  readonly #references = new PerSection((section) => {
    const { isRead } = section;
    const references = isRead ? section.content.references : section.manifests.flatMap((manifest) => referencesOf(manifest));
    return references.map(toKnown).sort((one, other) => one.start - other.start);
  });

  constructor(index: NameIndex) {
    this.#index = index;
  }

  /** In the order of the files, each object once. Fewer when the signal fires meanwhile. */
  async of(resource: ResourceFacts, binding: Binding, signal: AbortSignal): Promise<readonly ResourceUse[]> {
    const uses = new Map<string, ResourceUse>();
    for await (const file of this.#index.files(signal)) {
      if (!isSamePlace(file.binding, binding)) continue;
      for (const placed of file.document.sections) {
        // Of a file that is too large only some is read, and somebody waits.
        if (file.isOpen && !placed.section.isRead) continue;
        for (const { by, start, ...reference } of this.#references.of(placed.section)) {
          if (reference.to !== resource.kind || !names(reference, resource)) continue;
          const { line } = file.document.toRange(placed, { start, end: start }).start;
          const { uri } = file.document;
          const key = `${uri} ${by.kind} ${by.name}`;
          if (!uses.has(key)) uses.set(key, { ...by, uri, line });
        }
      }
    }
    return [...uses.values()];
  }
}

function toKnown({ rule, query, range, manifest }: Reference): KnownReference {
  const { kind = '', name = '' } = manifest;
  const text = (by: 'id' | 'name') => {
    if (query.by === 'filter') return typeof query.value[by] === 'string' ? query.value[by] : undefined;
    return query.by === by || query.by === 'idOrName' ? query.value : undefined;
  };
  return { to: rule.to, id: text('id'), name: text('name'), by: { kind, name }, start: range.start };
}

const names = ({ id, name }: Pick<KnownReference, 'id' | 'name'>, resource: ResourceFacts) =>
  id === resource.id || name === resource.name;

const isSamePlace = (one: Binding, other: Binding) =>
  one?.cloud === other?.cloud && one?.project === other?.project && one?.region === other?.region;

import { type Fields, field, fieldsAt, isFields, listAt, textAt } from '../../base/fields.ts';

/** What would become of a resource of a stack. */
export type ResourceChange = 'deleted' | 'replaced' | 'updated' | 'added' | 'unchanged';

/** A resource as a preview tells it. `properties` only of one that would be made. */
export interface PreviewedResource {
  readonly name: string;
  readonly type: string;
  readonly change: ResourceChange;
  readonly properties: Fields;
  /** The stack that it is of, nested ones have their own; undefined where that is not told. */
  readonly stack?: string;
}

/** In the order in which they matter to who is about to say yes. */
const CHANGES: readonly ResourceChange[] = ['deleted', 'replaced', 'updated', 'added', 'unchanged'];

/**
 * The resources of a preview, nested ones included: of a new stack all are `added`. Undefined for what is no preview. Source: orchestration API reference v1, "Preview stack", "Preview stack update"; what is nested
 * in the former is a list of lists.
 */
export function previewedResources(body: unknown): readonly PreviewedResource[] | undefined {
  const fresh = field(body, 'stack', 'resources');
  if (Array.isArray(fresh)) return flat(fresh).map((one) => previewed(one, 'added'));
  const changes = field(body, 'resource_changes');
  if (!isFields(changes)) return undefined;
  return CHANGES.flatMap((change) => listAt(changes, change).map((one) => previewed(one, change)));
}

const flat = (items: readonly unknown[]): unknown[] => items.flatMap((item) => (Array.isArray(item) ? flat(item) : [item]));

function previewed(one: unknown, change: ResourceChange): PreviewedResource {
  const [name = '', type = ''] = [textAt(one, 'resource_name'), textAt(one, 'resource_type')];
  const stack = textAt(one, 'stack_name');
  return { name, type, change, properties: fieldsAt(one, 'properties'), ...(stack === undefined ? {} : { stack }) };
}

const WORDS: Readonly<Record<Exclude<ResourceChange, 'unchanged'>, string>> = {
  deleted: 'deletes',
  replaced: 'replaces',
  updated: 'changes',
  added: 'makes',
};
const MOST_NAMED = 6;

/** `replaces web (OS::Nova::Server); makes port (OS::Neutron::Port)`; a few by name. */
export function changesLine(resources: readonly PreviewedResource[]): string {
  return CHANGES.flatMap((change) => {
    const these = resources.filter((one) => one.change === change);
    if (change === 'unchanged' || these.length === 0) return [];
    const named = these.slice(0, MOST_NAMED).map(({ name, type }) => `${name} (${type})`);
    const more = these.length - named.length;
    return [`${WORDS[change]} ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
  }).join('; ');
}

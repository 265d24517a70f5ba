import type { Change } from './action.ts';
import { textAt } from './columns.ts';
import { asSettings } from './configFiles.ts';
import type { Answers } from './field.ts';
import { templateFields } from './formFields.ts';

/** What is asked before a stack that is there is looked at with another template. */
export const updateFields = templateFields;

/** What a new stack would consist of. Source: orchestration API reference v1, "Preview stack". */
export function previewOfNew(answers: Answers): Change {
  return { method: 'POST', collection: '/stacks/preview', body: answers };
}

/** What an update would change. Source: orchestration API reference v1, "Preview stack update". */
export function previewOfUpdate(answers: Answers): Change {
  return { method: 'PUT', path: '/preview', body: answers };
}

/** In the order in which they matter to who is about to say yes. */
const changes = ['deleted', 'replaced', 'updated', 'added', 'unchanged'] as const;

/**
 * The answer as plain data for reading: resources by what would become of them, each `name: type`; where the service tells the properties of a new one, below it.
 * Of what is there, only those lists that hold something. Undefined when the answer is no preview.
 */
export function previewed(body: unknown): Readonly<Record<string, unknown>> | undefined {
  const { stack, resource_changes } = asSettings(body);
  const resources = asSettings(stack)['resources'];
  if (Array.isArray(resources)) return { created: Object.fromEntries(resources.map(withProperties)) };
  const told = asSettings(resource_changes);
  if (resource_changes === undefined) return undefined;
  const lists = changes.map((change) => [change, listOf(told[change]).map(nameAndType)] as const);
  return Object.fromEntries(
    lists.filter(([, list]) => list.length > 0).map(([change, list]) => [change, Object.fromEntries(list)]),
  );
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function nameAndType(resource: unknown): readonly [string, string] {
  const one = asSettings(resource);
  return [textAt(one, 'resource_name') ?? '', textAt(one, 'resource_type') ?? ''];
}

/** A resource of a nested stack is a list of its own. */
function withProperties(resource: unknown): readonly [string, unknown] {
  const [name, type] = nameAndType(Array.isArray(resource) ? resource[0] : resource);
  const set = Object.entries(asSettings(asSettings(resource)['properties'])).filter(([, value]) => value !== null);
  return [name, set.length === 0 ? type : { type, properties: Object.fromEntries(set) }];
}

import type { Field } from './field.ts';
import type { Resource } from './kind.ts';

/** The pairs of a resource's metadata. */
export const metadataOf = (resource: Resource): Readonly<Record<string, unknown>> => Object(resource['metadata']);

/** One pair of metadata; the value that the key has now is shown. */
export const metadataFields: readonly Field[] = [
  { name: 'key', as: 'text', title: 'Key', fits: /^[^/]{1,255}$/, hint: 'tier' },
  {
    name: 'value',
    as: 'text',
    title: 'Value',
    value: (one, { key = '' }) => String(metadataOf(one)[key] ?? ''),
    optional: true,
  },
];

/** Another project, which the user may not be able to list. */
export const projectField = (name: string, title = 'Which project?'): Field => ({
  name,
  as: 'resource',
  title,
  kind: 'identity.project',
  typed: true,
});

/** What a stack is made of; Heat reads both as text. Orchestration API reference v1, "Create stack": `template`, `environment`. */
export const templateFields: readonly Field[] = [
  { name: 'template', as: 'file', title: 'Which template?' },
  { name: 'environment', as: 'file', title: 'Which environment file (its `parameters`)?', optional: true },
];

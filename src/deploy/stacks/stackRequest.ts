import { field, fieldsAt } from '../../base/fields.ts';
import { exactJson } from '../../kubernetes/exactJson.ts';
import type { Change } from '../../openstack/action.ts';
import type { Resource } from '../../openstack/kind.ts';
import type { StackSource } from './stackSet.ts';
import { templateDocument } from './templateDocument.ts';

/** The kind of all that is asked here. */
export const STACK_KIND = 'orchestration.stack';

/** By which the declaration's parameters go as the last environment: those of files would win over the ones beside them. Source: heat, `heat/common/environment_util.py`, `merge_environments`. */
const DECLARED = 'parameters of the declaration';

/** The body of a request about a stack. Source: orchestration API reference v1, "Create stack", "Update stack", "Preview stack". */
export function bodyOf({ declaration, files }: StackSource): Readonly<Record<string, unknown>> {
  const { environments, parameters, rollback, timeoutMinutes, tags } = declaration;
  const contents = Object.fromEntries([...files.contents].map(([name, { text }]) => [name, text]));
  const asFile = environments.length > 0 && Object.keys(parameters).length > 0;
  return {
    template: files.template.text,
    files: asFile ? { ...contents, [DECLARED]: exactJson({ parameters }) } : contents,
    ...(environments.length > 0 ? { environment_files: [...environments, ...(asFile ? [DECLARED] : [])] } : {}),
    parameters,
    disable_rollback: !rollback,
    timeout_mins: timeoutMinutes,
    ...(tags.length > 0 ? { tags: tags.join(',') } : {}),
  };
}

/** The collection of one stack. */
export const itself = ({ stack_name, id }: Resource) =>
  `/stacks/${encodeURIComponent(String(stack_name))}/${encodeURIComponent(String(id))}`;

/** What makes a stack, or brings one that is there to what is declared. */
export function changeOf(source: StackSource, live: Resource | undefined): Change {
  if (live) return { method: 'PUT', collection: itself(live), body: bodyOf(source) };
  return { method: 'POST', body: { stack_name: source.declaration.name, ...bodyOf(source) } };
}

/** The question what {@link changeOf} would do. */
export function previewOf(source: StackSource, live: Resource | undefined): Change {
  const { method, body } = changeOf(source, live);
  if (!live) return { method, collection: '/stacks/preview', body };
  return { method, collection: `${itself(live)}/preview`, query: { show_nested: 'true' }, body };
}

/** The question whether a template is one at all; what it names is not looked for. Source: orchestration API reference v1, "Validate template". */
export function validationOf(source: StackSource): Change {
  const { template, files, environment_files, parameters } = bodyOf(source);
  return {
    method: 'POST',
    collection: '/validate',
    body: { template, files, parameters, ...(environment_files ? { environment_files } : {}) },
  };
}

/** A sentence without the values of parameters that a template hides: Heat quotes what it refuses. */
export function withoutHidden(text: string, { declaration, files }: StackSource): string {
  const documents = files.checked.flatMap((file) => {
    const read = templateDocument(file);
    return read.ok ? [read.value] : [];
  });
  const parameters = documents.flatMap((one) => Object.entries(fieldsAt(one, 'parameters')));
  const hidden = new Set(
    parameters.filter(([, one]) => /^(?:true|yes|on)$/i.test(String(field(one, 'hidden')))).map(([name]) => name),
  );
  const given = [declaration.parameters, ...documents.flatMap((one) => [one['parameters'], one['parameter_defaults']])];
  const values = [
    ...parameters.filter(([name]) => hidden.has(name)).map(([, one]) => field(one, 'default')),
    ...given.flatMap((one) => [...hidden].map((name) => field(one, name))),
  ];
  let shown = text;
  for (const value of values) if (typeof value === 'string' && value.length >= 4) shown = shown.replaceAll(value, '***');
  return shown;
}

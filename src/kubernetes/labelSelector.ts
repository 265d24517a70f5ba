import { field, listAt, textAt } from '../base/fields.ts';

/** A label selector as objects hold it (meta/v1, LabelSelector): all of its parts must hold. Without parts it selects everything. */
export interface LabelSelector {
  readonly matchLabels?: unknown;
  readonly matchExpressions?: unknown;
}

/** Source: Kubernetes, "Labels and Selectors": what an operator asks of a label's value (undefined: the label is absent), and how it is written. */
const operators: Readonly<
  Record<
    string,
    {
      readonly holds: (value: string | undefined, values: readonly unknown[]) => boolean;
      readonly text: (key: string, values: string) => string;
    }
  >
> = {
  In: { holds: (value, values) => values.includes(value), text: (key, values) => `${key} in (${values})` },
  NotIn: { holds: (value, values) => !values.includes(value), text: (key, values) => `${key} notin (${values})` },
  Exists: { holds: (value) => value !== undefined, text: (key) => key },
  DoesNotExist: { holds: (value) => value === undefined, text: (key) => `!${key}` },
};

/** Whether labels are selected. An operator that nobody knows selects nothing. */
export function selects(selector: LabelSelector, labels: Readonly<Record<string, string>> = {}): boolean {
  const equal = Object.entries(labelsOf(selector)).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    listAt(selector, 'matchExpressions').every((one) => {
      return operatorOf(one)?.holds(labels[textAt(one, 'key') ?? ''], listAt(one, 'values')) ?? false;
    })
  );
}

/** A selector as the API and kubectl take it: `app=web,tier in (a,b)`. Empty where it has no parts. */
export function selectorText(selector: LabelSelector): string {
  const equalities = Object.entries(labelsOf(selector)).map(([key, value]) => `${key}=${value}`);
  const others = listAt(selector, 'matchExpressions').flatMap((one) => {
    const key = textAt(one, 'key') ?? '';
    const values = listAt(one, 'values').filter((value) => typeof value !== 'object');
    return operatorOf(one)?.text(key, values.join(',')) ?? [];
  });
  return [...equalities, ...others].join(',');
}

function operatorOf(expression: unknown) {
  const name = textAt(expression, 'operator') ?? '';
  return Object.hasOwn(operators, name) ? operators[name] : undefined;
}

function labelsOf(selector: LabelSelector): Readonly<Record<string, string>> {
  const labels = field(selector, 'matchLabels');
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) return {};
  return Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : [])),
  );
}

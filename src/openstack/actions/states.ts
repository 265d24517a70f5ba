import { textAt } from '../columns.ts';
import type { Resource } from '../kind.ts';

/** The field `status`, empty where there is none. */
export const statusOf = (resource: Resource): string => textAt(resource, 'status') ?? '';

/** Whether the field `status` is one of these. */
export const isIn =
  (...states: readonly string[]) =>
  (resource: Resource): boolean =>
    states.includes(statusOf(resource));

/** Whether a field is true. */
export const isOn =
  (field: string) =>
  (resource: Resource): boolean =>
    resource[field] === true;

/** Whether a field is there and not true. */
export const isOff =
  (field: string) =>
  (resource: Resource): boolean =>
    resource[field] === false;

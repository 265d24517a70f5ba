import { holderForms } from './embedded.ts';
import { fixedForms } from './fixedValues.ts';
import { families } from './rules/rules.ts';

/** A kind as a cluster serves it. */
interface Served {
  readonly group: string;
  readonly kind: string;
  /** Preferred first. */
  readonly versions: readonly string[];
}

/** What others make, in great numbers: their makers are read, and what runs has found what it names. */
const made = new Set(['v1 Pod', 'apps/v1 ReplicaSet', 'batch/v1 Job']);

/** The forms (`apiVersion kind`) of objects that some rule reads: from the tables, so that a row more is a kind more. */
export const checkedForms: ReadonlySet<string> = new Set(
  [...Object.values(families).flatMap((rules) => rules.map((rule) => rule.in)), ...fixedForms, ...holderForms].filter(
    (form) => !made.has(form) && /^(?:\S+\/)?v\d\w* \w+$/.test(form),
  ),
);

/** The version in which objects of a served kind are read by rules: the preferred one if it has any, else the first that has; undefined where none has. */
export function checkedVersion({ group, kind, versions }: Served): string | undefined {
  return versions
    .map((version) => (group === '' ? version : `${group}/${version}`))
    .find((apiVersion) => checkedForms.has(`${apiVersion} ${kind}`));
}

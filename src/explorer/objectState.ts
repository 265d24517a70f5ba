import { field } from '../base/fields.ts';
import type { KubeObject } from '../kubernetes/cluster.ts';
import type { Mood } from './deploymentRows.ts';

interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
}

/** Conditions that say whether an object works, by the convention of the API; first found counts. */
const telling: readonly string[] = ['Ready', 'Available', 'Programmed', 'Complete'];

/** One word for the state of any whole object, by the conventions that most kinds keep: its phase, else its telling condition, else its type. Empty where it says nothing. */
export function stateOf({ kind, metadata, spec, status }: KubeObject): { readonly word: string; readonly mood: Mood } {
  if (metadata.deletionTimestamp !== undefined) return { word: 'Terminating', mood: 'busy' };
  const phase = field(status, 'phase');
  // A Node's phase is a relic that nobody keeps.
  if (typeof phase === 'string' && kind !== 'Node') return { word: phase, mood: moods[phase] ?? 'quiet' };
  const conditions = field(status, 'conditions');
  const condition = Array.isArray(conditions) ? conditionOf(conditions) : undefined;
  if (condition) return ofCondition(kind, condition, field(spec, 'unschedulable') === true);
  const type = field(spec, 'type');
  return { word: typeof type === 'string' ? type : '', mood: 'quiet' };
}

const moods: Readonly<Record<string, Mood>> = {
  Failed: 'bad',
  Lost: 'bad',
  Pending: 'busy',
  Provisioning: 'busy',
  Deleting: 'busy',
};

function conditionOf(conditions: readonly Condition[]): Condition | undefined {
  return telling.map((type) => conditions.find((one) => one.type === type)).find((one) => one !== undefined);
}

function ofCondition(
  kind: string,
  { type = '', status, reason }: Condition,
  unschedulable: boolean,
): { word: string; mood: Mood } {
  if (status === 'True') return unschedulable ? { word: `${type}, cordoned`, mood: 'warning' } : { word: type, mood: 'quiet' };
  if (kind === 'Node') return { word: `Not${type}`, mood: 'bad' };
  return { word: reason ?? `not ${type.toLowerCase()}`, mood: 'busy' };
}

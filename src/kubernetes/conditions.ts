import { field, listAt } from '../base/fields.ts';
import type { KubeObject } from './cluster.ts';
import type { RowHealth } from './kinds.ts';
import { textIn } from './objectFields.ts';

/** One condition of an object. `severity` is of Cluster API before v1beta2: `Error`, `Warning`, `Info`. */
export interface Condition {
  readonly type: string;
  /** `True`, `False` or `Unknown`; conditions of Argo CD have none and hold while they are there. */
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly severity: string;
  readonly since: string;
}

/**
 * The conditions of an object: those of Cluster API's v1beta2 contract where an older version carries them beside its own (`status.v1beta2.conditions`), else `status.conditions`. Source:
 * Cluster API, "v1beta1 vs v1beta2", contract for conditions.
 */
export function conditionsOf({ status }: KubeObject): readonly Condition[] {
  const newer = listAt(status, 'v1beta2', 'conditions');
  return (newer.length > 0 ? newer : listAt(status, 'conditions')).flatMap((one) => {
    const type = textIn(one, 'type');
    const text = (name: string) => textIn(one, name) ?? '';
    return type === undefined
      ? []
      : [
          {
            type,
            status: textIn(one, 'status') ?? 'True',
            reason: text('reason'),
            message: text('message'),
            severity: text('severity'),
            since: text('lastTransitionTime'),
          },
        ];
  });
}

/** Conditions of which `True` is no good news, by what their projects say of them: what goes on, and what is wrong. */
const going = ['Deleting', 'ScalingUp', 'ScalingDown', 'RollingOut', 'Remediating', 'Reconciling', 'Updating'];
const wrong = /^Stalled$|Error$|ErrorOccurred$|Failed$/;
const doubtful = /Warning$|^Paused$/;
const severities: Readonly<Record<string, RowHealth>> = { Error: 'bad', Warning: 'warning', Info: 'busy' };

/** How an object stands by one of its conditions. */
export function conditionHealth({ type, status, severity }: Condition): RowHealth {
  const holds = status === 'True';
  if (going.includes(type)) return holds ? 'busy' : 'quiet';
  if (wrong.test(type)) return holds ? 'bad' : 'quiet';
  if (doubtful.test(type)) return holds ? 'warning' : 'quiet';
  if (holds) return 'quiet';
  return status === 'Unknown' ? 'busy' : (severities[severity] ?? 'warning');
}

/** The condition that sums an object up: of `Ready` and `Available` the one that does not hold, else the first of them. */
export function tellingCondition(object: KubeObject): Condition | undefined {
  const telling = conditionsOf(object).filter(({ type }) => type === 'Ready' || type === 'Available');
  return telling.find(({ status }) => status !== 'True') ?? telling[0];
}

/** `WaitingForInfrastructure: no network` of a condition that does not hold; empty of one that does. */
export function reasonWords(condition: Condition | undefined): string {
  if (!condition || condition.status === 'True') return '';
  return [condition.reason, condition.message].filter(Boolean).join(': ') || `not ${condition.type.toLowerCase()}`;
}

/** Whether the latest conditions are those of the object as it stands: its controller has seen its last change (API conventions, `observedGeneration`). */
export function isObserved({ metadata, status }: KubeObject): boolean {
  const seen = field(status, 'observedGeneration');
  return typeof seen !== 'number' || metadata.generation === undefined || seen >= metadata.generation;
}

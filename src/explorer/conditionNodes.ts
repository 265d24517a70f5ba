import { plainText } from '../base/plainText.ts';
import type { ApiKind, Cluster, ObjectRef } from '../kubernetes/cluster.ts';
import { type Condition, conditionHealth, conditionsOf } from '../kubernetes/conditions.ts';
import { type Open, type Row, row } from './nodes.ts';
import { openWhole } from './wholeObject.ts';

/** What needs attention first. */
const order = ['bad', 'warning', 'busy', 'good', 'quiet'];

/** The row of an object's conditions, how many there are and how many are not as they should be; below it one row each. Nothing of an object without any. */
export function openConditions(cluster: Cluster, kind: ApiKind, ref: ObjectRef): Open {
  return openWhole(cluster, kind, ref, (object) => {
    const conditions = conditionsOf(object);
    const amiss = conditions.filter((one) => ['bad', 'warning'].includes(conditionHealth(one)));
    if (conditions.length === 0) return [];
    return [
      row({
        segment: '(conditions)',
        label: 'Conditions',
        description: amiss.length === 0 ? String(conditions.length) : `${amiss.length} of ${conditions.length} amiss`,
        icon: 'checklist',
        mood: amiss.length > 0 ? 'warning' : 'quiet',
        words: ['group'],
        subject: { of: 'group' },
        open: openWhole(cluster, kind, ref, (now) =>
          conditionsOf(now)
            .map((one) => conditionRow(one))
            .sort((one, other) => order.indexOf(one.mood) - order.indexOf(other.mood)),
        ),
      }),
    ];
  });
}

/** `InfrastructureReady   False · WaitingForInfrastructure · no network`. */
function conditionRow(condition: Condition): Row {
  const { type, status, reason, message, severity, since } = condition;
  const told = [status, severity, reason === type ? '' : reason, message].map((text) => plainText(text, 200));
  return row({
    segment: type,
    label: type,
    description: told.filter(Boolean).join(' · '),
    icon: status === 'True' ? 'pass' : 'circle-large-outline',
    mood: conditionHealth(condition),
    facts: [
      ['status', status],
      ['severity', severity],
      ['reason', plainText(reason)],
      ['message', plainText(message, 2000)],
      ['since', since],
    ],
    words: ['hint'],
    subject: { of: 'hint' },
  });
}

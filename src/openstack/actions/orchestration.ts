import { type Change, defineActions } from '../action.ts';
import { textAt } from '../columns.ts';
import { templateFields } from '../formFields.ts';
import type { Resource } from '../kind.ts';

const stateOf = (stack: Resource) => textAt(stack, 'stack_status') ?? '';
const action = (name: string): Change => ({ method: 'POST', path: '/actions', body: { [name]: null } });

/** Heat: orchestration API reference v1, "Stack actions". */
export const orchestration = defineActions({
  checkStack: { title: 'Check', verb: 'check', change: () => action('check') },
  suspendStack: {
    title: 'Suspend',
    verb: 'suspend',
    offered: (stack) => /_COMPLETE$/.test(stateOf(stack)) && stateOf(stack) !== 'SUSPEND_COMPLETE',
    risk: 'interrupts',
    reached: (stack) => stateOf(stack) === 'SUSPEND_COMPLETE',
    change: () => action('suspend'),
  },
  resumeStack: {
    title: 'Resume',
    verb: 'resume',
    offered: (stack) => stateOf(stack) === 'SUSPEND_COMPLETE',
    reached: (stack) => stateOf(stack) === 'RESUME_COMPLETE',
    change: () => action('resume'),
  },
  updateStack: {
    title: 'Update from Template…',
    verb: 'update',
    offered: (stack) => /_(?:COMPLETE|FAILED)$/.test(stateOf(stack)),
    risk: 'interrupts',
    asks: templateFields,
    reached: (stack) => stateOf(stack) === 'UPDATE_COMPLETE',
    change: ({ answers }) => ({ method: 'PUT', body: answers }),
  },
  cancelUpdate: {
    title: 'Cancel Update',
    verb: 'cancel the update of',
    offered: (stack) => stateOf(stack) === 'UPDATE_IN_PROGRESS',
    risk: 'interrupts',
    change: () => action('cancel_update'),
  },
  /** The stack goes, what it made stays. The service may have switched it off. */
  abandonStack: {
    title: 'Abandon',
    verb: 'abandon',
    risk: 'destroys',
    ends: true,
    change: () => ({ method: 'DELETE', path: '/abandon' }),
  },
});

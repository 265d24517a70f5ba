import { type Action, type Change, defineActions } from '../action.ts';
import { textAt } from '../columns.ts';
import type { Resource } from '../kind.ts';
import { isOff, isOn } from './states.ts';

const provisionIn =
  (...states: readonly string[]) =>
  (node: Resource) =>
    states.includes(textAt(node, 'provision_state') ?? '');
const powerIs = (state: string) => (node: Resource) => textAt(node, 'power_state') === state;
const provision = (target: string): Change => ({ method: 'PUT', path: '/states/provision', body: { target } });
const power = (target: string): Change => ({ method: 'PUT', path: '/states/power', body: { target } });
/** Where nothing is known of the power, both may be tried. */
const isOnOrUnknown = (node: Resource) => !powerIs('power off')(node);
const interrupts = { risk: 'interrupts' } as const satisfies Partial<Action>;

/** Ironic: bare metal API reference v1, "Node provisioning"; states: its state machine ("Bare Metal State Machine"). */
export const bareMetal = defineActions({
  powerOnNode: {
    title: 'Power On',
    verb: 'power on',
    offered: (node) => !powerIs('power on')(node),
    reached: powerIs('power on'),
    change: () => power('power on'),
  },
  powerOffNode: {
    title: 'Power Off',
    verb: 'power off',
    offered: isOnOrUnknown,
    ...interrupts,
    reached: powerIs('power off'),
    change: () => power('power off'),
  },
  softPowerOffNode: {
    title: 'Power Off (Soft)',
    verb: 'softly power off',
    offered: isOnOrUnknown,
    ...interrupts,
    reached: powerIs('power off'),
    change: () => power('soft power off'),
  },
  rebootNode: {
    title: 'Reboot (Hard)',
    verb: 'hard reboot',
    offered: isOnOrUnknown,
    ...interrupts,
    change: () => power('rebooting'),
  },
  softRebootNode: {
    title: 'Reboot',
    verb: 'reboot',
    offered: isOnOrUnknown,
    ...interrupts,
    change: () => power('soft rebooting'),
  },
  manageNode: {
    title: 'Manage',
    verb: 'manage',
    offered: provisionIn('enroll', 'available', 'clean failed', 'inspect failed', 'adopt failed'),
    reached: provisionIn('manageable'),
    change: () => provision('manage'),
  },
  provideNode: {
    title: 'Provide',
    verb: 'provide',
    offered: provisionIn('manageable'),
    reached: provisionIn('available'),
    change: () => provision('provide'),
  },
  inspectNode: {
    title: 'Inspect',
    verb: 'inspect',
    offered: provisionIn('manageable', 'inspect failed'),
    reached: provisionIn('manageable'),
    change: () => provision('inspect'),
  },
  abortNode: {
    title: 'Abort',
    verb: 'abort what is under way on',
    offered: provisionIn(
      'clean wait',
      'clean hold',
      'inspect wait',
      'wait call-back',
      'deploy hold',
      'rescue wait',
      'service wait',
    ),
    ...interrupts,
    change: () => provision('abort'),
  },
  deployNode: {
    title: 'Deploy',
    verb: 'deploy',
    offered: provisionIn('available', 'deploy failed'),
    reached: provisionIn('active'),
    change: () => provision('active'),
  },
  undeployNode: {
    title: 'Undeploy',
    verb: 'undeploy',
    offered: provisionIn('active', 'deploy failed', 'error', 'rescue', 'rescue failed', 'wait call-back'),
    risk: 'destroys',
    reached: provisionIn('available', 'manageable'),
    change: () => provision('deleted'),
  },
  rebuildNode: {
    title: 'Rebuild',
    verb: 'rebuild',
    offered: provisionIn('active', 'deploy failed', 'error'),
    risk: 'destroys',
    reached: provisionIn('active'),
    change: () => provision('rebuild'),
  },
  startMaintenance: {
    title: 'Start Maintenance…',
    verb: 'put into maintenance',
    offered: isOff('maintenance'),
    asks: [{ name: 'reason', as: 'text', title: 'For what reason?', optional: true }],
    reached: isOn('maintenance'),
    change: ({ answers }) => ({ method: 'PUT', path: '/maintenance', body: answers }),
  },
  endMaintenance: {
    title: 'End Maintenance',
    verb: 'end the maintenance of',
    offered: isOn('maintenance'),
    reached: isOff('maintenance'),
    change: () => ({ method: 'DELETE', path: '/maintenance' }),
  },
  /** "Set boot device", for the next boot only or from now on. */
  setBootDevice: {
    title: 'Set Boot Device…',
    verb: 'set the boot device of',
    asks: [
      { name: 'boot_device', as: 'choice', title: 'Which device?', of: ['disk', 'pxe', 'cdrom', 'bios', 'safe'] },
      { name: 'how', as: 'choice', title: 'For how long?', of: ['Next boot only', 'From now on'] },
    ],
    change: ({ answers: { boot_device, how } }) => ({
      method: 'PUT',
      path: '/management/boot_device',
      body: { boot_device, persistent: how === 'From now on' },
    }),
  },
});

import { defineActions } from '../action.ts';
import { textAt } from '../columns.ts';
import type { Resource } from '../kind.ts';
import { post } from './requests.ts';
import { isIn, isOff, isOn } from './states.ts';

const flavorOf = (server: Resource) => textAt(server, 'flavor.original_name');

/** Nova: compute API reference, "Servers - run an action"; states: nova's `vm_states` checks of each call (nova/compute/api.py). */
export const server = defineActions({
  start: { title: 'Start', verb: 'start', offered: isIn('SHUTOFF'), reached: isIn('ACTIVE'), change: () => post('os-start') },
  stop: {
    title: 'Stop',
    verb: 'stop',
    offered: isIn('ACTIVE', 'ERROR'),
    risk: 'interrupts',
    reached: isIn('SHUTOFF'),
    change: () => post('os-stop'),
  },
  reboot: {
    title: 'Reboot',
    verb: 'reboot',
    offered: isIn('ACTIVE'),
    risk: 'interrupts',
    change: () => post('reboot', { type: 'SOFT' }),
  },
  hardReboot: {
    title: 'Reboot (Hard)',
    verb: 'hard reboot',
    offered: isIn('ACTIVE', 'ERROR', 'PAUSED', 'SHUTOFF', 'SUSPENDED'),
    risk: 'interrupts',
    change: () => post('reboot', { type: 'HARD' }),
  },
  pause: {
    title: 'Pause',
    verb: 'pause',
    offered: isIn('ACTIVE'),
    risk: 'interrupts',
    reached: isIn('PAUSED'),
    change: () => post('pause'),
  },
  unpause: { title: 'Unpause', verb: 'unpause', offered: isIn('PAUSED'), reached: isIn('ACTIVE'), change: () => post('unpause') },
  suspend: {
    title: 'Suspend',
    verb: 'suspend',
    offered: isIn('ACTIVE'),
    risk: 'interrupts',
    reached: isIn('SUSPENDED'),
    change: () => post('suspend'),
  },
  resume: { title: 'Resume', verb: 'resume', offered: isIn('SUSPENDED'), reached: isIn('ACTIVE'), change: () => post('resume') },
  shelve: {
    title: 'Shelve',
    verb: 'shelve',
    offered: isIn('ACTIVE', 'SHUTOFF', 'PAUSED', 'SUSPENDED'),
    risk: 'interrupts',
    reached: isIn('SHELVED', 'SHELVED_OFFLOADED'),
    change: () => post('shelve'),
  },
  unshelve: {
    title: 'Unshelve',
    verb: 'unshelve',
    offered: isIn('SHELVED', 'SHELVED_OFFLOADED'),
    reached: isIn('ACTIVE'),
    change: () => post('unshelve'),
  },
  rescue: {
    title: 'Rescue',
    verb: 'rescue',
    offered: isIn('ACTIVE', 'SHUTOFF', 'ERROR'),
    risk: 'interrupts',
    reached: isIn('RESCUE'),
    change: () => post('rescue'),
  },
  unrescue: {
    title: 'Unrescue',
    verb: 'unrescue',
    offered: isIn('RESCUE'),
    reached: isIn('ACTIVE', 'SHUTOFF'),
    change: () => post('unrescue'),
  },
  lock: { title: 'Lock', verb: 'lock', offered: isOff('locked'), reached: isOn('locked'), change: () => post('lock') },
  unlock: { title: 'Unlock', verb: 'unlock', offered: isOn('locked'), reached: isOff('locked'), change: () => post('unlock') },
  resize: {
    title: 'Resize…',
    verb: 'resize',
    offered: isIn('ACTIVE', 'SHUTOFF'),
    risk: 'interrupts',
    asks: [
      {
        name: 'flavorRef',
        as: 'resource',
        title: 'To which flavor?',
        kind: 'compute.flavor',
        fits: (flavor, one) => textAt(flavor, 'name') !== flavorOf(one),
      },
    ],
    reached: (now, before) => flavorOf(now) !== flavorOf(before),
    change: ({ answers }) => post('resize', answers),
  },
  confirmResize: {
    title: 'Confirm Resize',
    verb: 'confirm the resize of',
    offered: isIn('VERIFY_RESIZE'),
    change: () => post('confirmResize'),
  },
  revertResize: {
    title: 'Revert Resize',
    verb: 'revert the resize of',
    offered: isIn('VERIFY_RESIZE'),
    risk: 'interrupts',
    change: () => post('revertResize'),
  },
  rebuild: {
    title: 'Rebuild…',
    verb: 'rebuild',
    offered: isIn('ACTIVE', 'SHUTOFF', 'ERROR'),
    risk: 'destroys',
    asks: [{ name: 'imageRef', as: 'resource', title: 'From which image?', kind: 'image.image' }],
    change: ({ answers }) => post('rebuild', answers),
  },
  createImage: {
    title: 'Create Image…',
    verb: 'create an image of',
    leaves: true,
    offered: isIn('ACTIVE', 'SHUTOFF', 'PAUSED', 'SUSPENDED'),
    asks: [{ name: 'name', as: 'text', title: 'Name of the image', value: (one) => `${textAt(one, 'name') ?? 'server'}-image` }],
    touches: ['image.image'],
    change: ({ answers }) => post('createImage', answers),
  },
});

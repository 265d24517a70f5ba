import { defineActions } from '../action.ts';
import { textAt, valuesAt } from '../columns.ts';
import { computeHost } from './computeHost.ts';
import { post } from './requests.ts';
import { isIn, statusOf } from './states.ts';

const hostOf = (field: string) => (one: Readonly<Record<string, unknown>>) => textAt(one, field);
const whereabouts = hostOf('OS-EXT-SRV-ATTR:host');

/** What nova's own policies leave to administrators. Compute API reference, "Servers - run an administrative action", as of microversion 2.93. */
export const serverAdministration = defineActions({
  migrate: {
    title: 'Migrate (Cold)…',
    verb: 'migrate',
    admin: true,
    offered: isIn('ACTIVE', 'SHUTOFF'),
    risk: 'interrupts',
    asks: [{ ...computeHost, optional: true }],
    change: ({ answers: { host } }) => post('migrate', host === undefined ? null : { host }),
  },
  liveMigrate: {
    title: 'Migrate Live…',
    verb: 'live-migrate',
    admin: true,
    offered: isIn('ACTIVE', 'PAUSED'),
    asks: [{ ...computeHost, optional: true }],
    reached: (now, before) => whereabouts(now) !== whereabouts(before),
    change: ({ answers: { host = null } }) => post('os-migrateLive', { host, block_migration: 'auto' }),
  },
  evacuate: {
    title: 'Evacuate…',
    verb: 'evacuate',
    admin: true,
    offered: isIn('ACTIVE', 'SHUTOFF', 'ERROR'),
    risk: 'interrupts',
    asks: [{ ...computeHost, optional: true }],
    change: ({ answers }) => post('evacuate', answers),
  },
  resetState: {
    title: 'Reset State…',
    verb: 'reset the state of',
    admin: true,
    asks: [{ name: 'state', as: 'choice', title: 'To which state?', of: ['active', 'error'] }],
    badOnPurpose: true,
    reached: (now, _before, { state }) => statusOf(now).toLowerCase() === state,
    change: ({ answers }) => post('os-resetState', answers),
  },
  /** Nova lets the owner do it, too, on a server that waits for its end. */
  forceDelete: {
    title: 'Delete at Once',
    verb: 'delete at once',
    risk: 'destroys',
    ends: true,
    offered: isIn('SOFT_DELETED', 'ERROR'),
    change: () => post('forceDelete'),
  },
  restoreServer: {
    title: 'Restore',
    verb: 'restore',
    offered: isIn('SOFT_DELETED'),
    reached: isIn('ACTIVE'),
    change: () => post('restore'),
  },
  /** Of a hypervisor; servers of every project. */
  emptyHost: {
    title: 'Empty (Migrate All Servers Live)',
    verb: 'empty',
    admin: true,
    offered: (hypervisor) => valuesAt(hypervisor, 'servers.uuid').length > 0,
    risk: 'interrupts',
    touches: ['compute.server', 'compute.migration'],
    change: ({ resource }) =>
      valuesAt(resource, 'servers.uuid').map((id) => ({
        method: 'POST',
        collection: `/servers/${id}/action`,
        body: { 'os-migrateLive': { host: null, block_migration: 'auto' } },
      })),
  },
});

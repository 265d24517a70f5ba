import { type Asked, type Change, defineActions } from '../action.ts';
import { textAt, valuesAt } from '../columns.ts';
import type { Field } from '../field.ts';
import { metadataFields } from '../formFields.ts';
import type { Resource } from '../kind.ts';
import { computeHost } from './computeHost.ts';
import { post } from './requests.ts';
import { isOff, isOn } from './states.ts';
import { allowing, denying, removingSpec, settingSpec } from './typeRows.ts';

const isEnabled = (service: Resource) => textAt(service, 'status') === 'enabled';
const isPublic = isOn('os-flavor-access:is_public');
const update = (fields: unknown): Change => ({ method: 'PUT', body: fields });
const hostsOf = (aggregate: Resource) => valuesAt(aggregate, 'hosts').map(String);
const reason: Field = { name: 'disabled_reason', as: 'text', title: 'For what reason?', value: 'maintenance' };

/** Hosts, aggregates, flavors. Compute API reference: "Compute services", "Host aggregates", "Flavors". */
export const compute = defineActions({
  disableHost: {
    title: 'Disable Host…',
    verb: 'disable the host of',
    admin: true,
    offered: isEnabled,
    asks: [reason],
    reached: (now) => !isEnabled(now),
    change: ({ answers }) => update({ status: 'disabled', ...answers }),
  },
  enableHost: {
    title: 'Enable Host',
    verb: 'enable the host of',
    admin: true,
    offered: (service) => !isEnabled(service),
    reached: isEnabled,
    change: () => update({ status: 'enabled' }),
  },
  /** Says that the host is down before nova notices, so that its servers can be evacuated. */
  forceDown: {
    title: 'Mark as Down',
    verb: 'mark as down',
    admin: true,
    offered: isOff('forced_down'),
    risk: 'interrupts',
    badOnPurpose: true,
    reached: isOn('forced_down'),
    change: () => update({ forced_down: true }),
  },
  endForceDown: {
    title: 'Unmark as Down',
    verb: 'unmark as down',
    admin: true,
    offered: isOn('forced_down'),
    reached: isOff('forced_down'),
    change: () => update({ forced_down: false }),
  },
  addHost: {
    title: 'Add Host…',
    verb: 'add a host to',
    admin: true,
    asks: [
      { ...computeHost, fits: (service, one) => computeHost.fits(service) && !hostsOf(one).includes(String(service['host'])) },
    ],
    reached: (now, _before, { host = '' }) => hostsOf(now).includes(host),
    change: ({ answers }) => post('add_host', answers),
  },
  removeHost: {
    title: 'Remove Host…',
    verb: 'remove a host from',
    admin: true,
    offered: (one) => hostsOf(one).length > 0,
    risk: 'interrupts',
    asks: [{ name: 'host', as: 'choice', title: 'Which host?', of: hostsOf }],
    reached: (now, _before, { host = '' }) => !hostsOf(now).includes(host),
    change: ({ answers }) => post('remove_host', answers),
  },
  setAggregateMetadata: {
    title: 'Set Metadata…',
    verb: 'set metadata of',
    admin: true,
    asks: metadataFields,
    change: ({ answers: { key = '', value = '' } }) => post('set_metadata', { metadata: { [key]: value } }),
  },
  grantFlavor: allowing('addTenantAccess', 'tenant', isPublic),
  revokeFlavor: denying('removeTenantAccess', 'tenant', isPublic),
  setFlavorSpec: settingSpec('/os-extra_specs', 'hw:cpu_policy'),
  removeFlavorSpec: removingSpec('/os-extra_specs'),
  /** Of one limit below a project: nova, neutron, cinder and octavia take a part of the set as it is read. */
  setQuota: {
    title: 'Set Limit…',
    verb: 'set the limit of',
    admin: true,
    asks: [{ name: 'limit', as: 'number', title: 'How many, -1 for no limit', atLeast: -1, value: limitOf }],
    reached: (now, _before, { limit }) => limitOf(now) === Number(limit),
    change: setQuota,
  },
});

function limitOf(quota: Resource): number {
  return Number(quota['value'] ?? -1);
}

function setQuota({ id, itemKey, answers }: Asked): Change {
  return { method: 'PUT', whole: true, body: { [itemKey]: { [id]: Number(answers['limit']) } } };
}

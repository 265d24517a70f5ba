import { defineActions } from '../action.ts';
import { textAt } from '../columns.ts';
import { projectField } from '../formFields.ts';
import { recordsOf, recordsText } from '../recordsText.ts';

/** Designate: DNS API reference v2. Names end in a dot. */
export const dns = defineActions({
  editZone: {
    title: 'Edit…',
    verb: 'edit',
    asks: [
      {
        name: 'email',
        as: 'text',
        title: 'Whom to ask',
        value: (zone) => textAt(zone, 'email') ?? '',
        fits: /^\S+@\S+$/,
        hint: 'dns@example.org',
      },
      { name: 'ttl', as: 'number', title: 'TTL in seconds', atLeast: 1, value: (zone) => Number(zone['ttl'] ?? 3600) },
    ],
    reached: (now, _before, { email, ttl }) => now['email'] === email && now['ttl'] === Number(ttl),
    change: ({ answers: { email, ttl } }) => ({ method: 'PATCH', body: { email, ttl: Number(ttl) } }),
  },
  editRecords: {
    title: 'Edit…',
    verb: 'edit',
    asks: [
      { name: 'records', as: 'text', title: 'Values, with | between', value: (set) => recordsText(set['records']) },
      {
        name: 'ttl',
        as: 'number',
        title: "TTL in seconds, empty for the zone's",
        atLeast: 1,
        value: (set) => textAt(set, 'ttl') ?? '',
        optional: true,
      },
    ],
    reached: (now, _before, { records = '' }) => recordsText(now['records']) === recordsText(recordsOf(records)),
    change: ({ answers: { records = '', ttl } }) => ({
      method: 'PUT',
      body: { records: recordsOf(records), ttl: ttl === undefined ? null : Number(ttl) },
    }),
  },
  /** "Zone ownership transfers": who knows its id and key takes the zone over. */
  transferZone: {
    title: 'Transfer…',
    verb: 'offer a transfer of',
    leaves: true,
    asks: [{ ...projectField('target_project_id', 'To which project?'), optional: true }],
    touches: ['dns.zone_transfer'],
    once: 'key',
    change: ({ answers }) => ({ method: 'POST', path: '/tasks/transfer_requests', body: answers }),
  },
  acceptZone: {
    title: 'Accept…',
    verb: 'accept',
    leaves: true,
    asks: [{ name: 'key', as: 'secret', title: 'Its key' }],
    touches: ['dns.zone', 'dns.zone_transfer'],
    change: ({ answers, id }) => ({
      method: 'POST',
      collection: '/zones/tasks/transfer_accepts',
      body: { ...answers, zone_transfer_request_id: id },
    }),
  },
  /** "Set a FloatingIP's PTR record". */
  setReverse: {
    title: 'Set Name…',
    verb: 'set the name of',
    asks: [
      {
        name: 'ptrdname',
        as: 'text',
        title: 'Name, with its dot at the end',
        value: (one) => textAt(one, 'ptrdname') ?? '',
        fits: /\.$/,
        hint: 'www.example.org.',
      },
    ],
    reached: (now, _before, { ptrdname }) => now['ptrdname'] === ptrdname,
    change: ({ answers }) => ({ method: 'PATCH', body: answers }),
  },
  clearReverse: {
    title: 'Clear Name',
    verb: 'clear the name of',
    offered: (one) => textAt(one, 'ptrdname') !== undefined,
    risk: 'interrupts',
    reached: (one) => textAt(one, 'ptrdname') === undefined,
    change: () => ({ method: 'PATCH', body: { ptrdname: null } }),
  },
});

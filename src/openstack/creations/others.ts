import type { Creations } from '../creation.ts';
import { templateFields } from '../formFields.ts';
import { recordsOf } from '../recordsText.ts';
import { description, listed, name, post, wrapped } from './parts.ts';

/** Glance, Designate, Barbican, Heat, Keystone: their API references, "Create …". */
export const others: Creations = {
  'dns.zone': {
    fields: [
      { ...name, title: 'Name, with its dot at the end', fits: /^[^\s.]+(\.[^\s.]+)*\.$/, hint: 'example.org.' },
      { name: 'email', title: 'Whom to ask', as: 'text', fits: /^\S+@\S+$/, hint: 'dns@example.org' },
    ],
    change: (answers) => post(answers),
  },
  'dns.recordset': {
    fields: [
      { ...name, title: 'Name, with the zone and its dot at the end', fits: /\.$/, hint: 'www.example.org.' },
      { name: 'type', title: 'Which type?', as: 'choice', of: ['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'SRV', 'NS', 'CAA', 'PTR'] },
      { name: 'records', title: 'Values, with | between', as: 'text', hint: '192.0.2.1 | 192.0.2.2' },
    ],
    change: ({ records = '', ...rest }) => post({ ...rest, records: recordsOf(records) }),
  },
  'key-manager.secret': {
    fields: [name, { name: 'payload', title: 'The secret', as: 'secret' }],
    change: (answers) => post({ ...answers, payload_content_type: 'text/plain', secret_type: 'passphrase' }),
  },
  'identity.application_credential': {
    fields: [name, description],
    change: (answers) => wrapped('application_credential', answers),
    once: 'application_credential.secret',
  },
  'dns.zone_share': {
    fields: [{ name: 'target_project_id', title: 'With which project?', as: 'resource', kind: 'identity.project', typed: true }],
    change: (answers) => post(answers),
  },
  'image.member': {
    fields: [{ name: 'member', title: 'With which project?', as: 'resource', kind: 'identity.project', typed: true }],
    change: (answers) => post(answers),
  },
  'key-manager.container': {
    fields: [
      name,
      { name: 'secrets', title: 'Of which secrets?', as: 'resources', kind: 'key-manager.secret', by: 'secret_ref' },
    ],
    change: ({ secrets, ...container }) =>
      post({
        ...container,
        type: 'generic',
        secret_refs: listed(secrets).map((secret_ref) => ({ name: secret_ref.split('/').at(-1), secret_ref })),
      }),
  },
  'orchestration.stack': {
    fields: [{ ...name, name: 'stack_name', fits: /^[a-z][\w.-]{0,254}$/i, hint: 'shop-1' }, ...templateFields],
    change: (answers) => post({ ...answers, timeout_mins: 60 }),
  },
};

import { defineActions } from '../action.ts';
import { textAt, valuesAt } from '../columns.ts';
import { metadataFields, metadataOf } from '../formFields.ts';
import type { Resource } from '../kind.ts';
import { put, segment } from './requests.ts';
import { isOff, isOn } from './states.ts';

const tagsOf = (resource: Resource) => valuesAt(resource, 'tags').map(String);
const tagAt = (tag?: string) => `/tags/${segment(tag)}`;

/** What several services do alike. */
export const common = defineActions({
  /** Where the service takes a PUT with the envelope of one resource. */
  rename: {
    title: 'Rename…',
    verb: 'rename',
    asks: [{ name: 'name', as: 'text', title: 'New name', value: (one) => textAt(one, 'name') ?? '' }],
    reached: (now, _before, { name }) => now['name'] === name,
    change: (asked) => put(asked, asked.answers),
  },
  /** Nova from microversion 2.19 on, Neutron, Cinder, Octavia. */
  setDescription: {
    title: 'Set Description…',
    verb: 'describe',
    asks: [
      {
        name: 'description',
        as: 'text',
        title: 'Description',
        value: (one) => textAt(one, 'description') ?? '',
        optional: true,
      },
    ],
    reached: (now, _before, { description }) => textAt(now, 'description') === description,
    change: (asked) => put(asked, { description: asked.answers['description'] ?? '' }),
  },
  /** Neutron and Octavia: whether it works at all. */
  adminUp: {
    title: 'Set Admin State Up',
    verb: 'set up',
    offered: isOff('admin_state_up'),
    reached: isOn('admin_state_up'),
    change: (asked) => put(asked, { admin_state_up: true }),
  },
  adminDown: {
    title: 'Set Admin State Down',
    verb: 'set down',
    offered: isOn('admin_state_up'),
    risk: 'interrupts',
    reached: isOff('admin_state_up'),
    change: (asked) => put(asked, { admin_state_up: false }),
  },
  /** Nova from microversion 2.26 on, Neutron with `standard-attr-tag`, Glance: `PUT …/tags/{tag}`. */
  addTag: {
    title: 'Add Tag…',
    verb: 'tag',
    offered: ({ tags }) => Array.isArray(tags),
    asks: [{ name: 'tag', as: 'text', title: 'Tag', fits: /^[^/,]{1,60}$/, hint: 'production' }],
    reached: (now, _before, { tag = '' }) => tagsOf(now).includes(tag),
    change: ({ answers }) => ({ method: 'PUT', path: tagAt(answers['tag']) }),
  },
  removeTag: {
    title: 'Remove Tag…',
    verb: 'remove a tag of',
    offered: (one) => tagsOf(one).length > 0,
    asks: [{ name: 'tag', as: 'choice', title: 'Which tag?', of: tagsOf }],
    reached: (now, _before, { tag = '' }) => !tagsOf(now).includes(tag),
    change: ({ answers }) => ({ method: 'DELETE', path: tagAt(answers['tag']) }),
  },
  /** Nova, Cinder, Manila: `POST …/metadata` adds and replaces single pairs. */
  setMetadata: {
    title: 'Set Metadata…',
    verb: 'set metadata of',
    asks: metadataFields,
    reached: (now, _before, { key = '', value = '' }) => metadataOf(now)[key] === value,
    change: ({ answers: { key = '', value = '' } }) => ({
      method: 'POST',
      path: '/metadata',
      body: { metadata: { [key]: value } },
    }),
  },
  removeMetadata: {
    title: 'Remove Metadata…',
    verb: 'remove metadata of',
    offered: (one) => Object.keys(metadataOf(one)).length > 0,
    asks: [{ name: 'key', as: 'choice', title: 'Which key?', of: (one) => Object.keys(metadataOf(one)) }],
    reached: (now, _before, { key = '' }) => !(key in metadataOf(now)),
    change: ({ answers }) => ({ method: 'DELETE', path: `/metadata/${segment(answers['key'])}` }),
  },
  delete: { title: 'Delete', verb: 'delete', risk: 'destroys', ends: true, change: () => ({ method: 'DELETE' }) },
});

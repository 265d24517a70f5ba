import { type Change, defineActions } from '../action.ts';
import { textAt } from '../columns.ts';
import { projectField } from '../formFields.ts';
import type { Resource } from '../kind.ts';
import { segment } from './requests.ts';
import { isIn, isOff, isOn } from './states.ts';

/** Image service API v2, "Update image": JSON patch with a media type of its own. */
const patch = (op: 'add' | 'replace' | 'remove', field: string, value?: unknown): Change => ({
  method: 'PATCH',
  contentType: 'application/openstack-images-v2.1-json-patch',
  body: [{ op, path: `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`, ...(value !== undefined && { value }) }],
});

const visibilityOf = (image: Resource) => textAt(image, 'visibility');
/** Fields of an image that are no properties of its owner's own. Image API reference v2, "Show image". */
const ownFields =
  /^(?:id|name|status|visibility|size|virtual_size|disk_format|container_format|min_disk|min_ram|protected|os_hidden|os_hash_algo|os_hash_value|checksum|owner|owner_specified\..*|tags|created_at|updated_at|schema|self|file|direct_url|locations|stores|image_id|member_id)$/;
const propertiesOf = (image: Resource) => Object.keys(image).filter((key) => !ownFields.test(key));

/** Glance: image API reference v2. */
export const image = defineActions({
  deactivate: {
    title: 'Deactivate',
    verb: 'deactivate',
    offered: isIn('active'),
    risk: 'interrupts',
    reached: isIn('deactivated'),
    change: () => ({ method: 'POST', path: '/actions/deactivate' }),
  },
  reactivate: {
    title: 'Reactivate',
    verb: 'reactivate',
    offered: isIn('deactivated'),
    reached: isIn('active'),
    change: () => ({ method: 'POST', path: '/actions/reactivate' }),
  },
  renameImage: {
    title: 'Rename…',
    verb: 'rename',
    asks: [{ name: 'name', as: 'text', title: 'New name', value: (one) => textAt(one, 'name') ?? '' }],
    reached: (now, _before, { name }) => now['name'] === name,
    change: ({ answers }) => patch('replace', 'name', answers['name']),
  },
  setVisibility: {
    title: 'Set Visibility…',
    verb: 'set the visibility of',
    risk: 'interrupts',
    asks: [
      {
        name: 'visibility',
        as: 'choice',
        title: 'Who may use it (public: administrators only)?',
        of: (one) => ['private', 'shared', 'community', 'public'].filter((visibility) => visibility !== visibilityOf(one)),
      },
    ],
    reached: (now, _before, { visibility }) => visibilityOf(now) === visibility,
    change: ({ answers }) => patch('replace', 'visibility', answers['visibility']),
  },
  protect: {
    title: 'Protect from Deletion',
    verb: 'protect',
    offered: isOff('protected'),
    reached: isOn('protected'),
    change: () => patch('replace', 'protected', true),
  },
  unprotect: {
    title: 'Allow Deletion',
    verb: 'allow the deletion of',
    offered: isOn('protected'),
    reached: isOff('protected'),
    change: () => patch('replace', 'protected', false),
  },
  hideImage: {
    title: 'Hide from Lists',
    verb: 'hide',
    offered: isOff('os_hidden'),
    reached: isOn('os_hidden'),
    change: () => patch('replace', 'os_hidden', true),
  },
  showImage: {
    title: 'Show in Lists',
    verb: 'show',
    offered: isOn('os_hidden'),
    reached: isOff('os_hidden'),
    change: () => patch('replace', 'os_hidden', false),
  },
  setProperty: {
    title: 'Set Property…',
    verb: 'set a property of',
    asks: [
      { name: 'key', as: 'text', title: 'Name', hint: 'os_distro' },
      { name: 'value', as: 'text', title: 'Value', value: (one, { key = '' }) => textAt(one, key) ?? '' },
    ],
    reached: (now, _before, { key = '', value }) => now[key] === value,
    change: ({ answers: { key = '', value } }) => patch('add', key, value),
  },
  removeProperty: {
    title: 'Remove Property…',
    verb: 'remove a property of',
    offered: (image) => propertiesOf(image).length > 0,
    asks: [{ name: 'key', as: 'choice', title: 'Which one?', of: propertiesOf }],
    reached: (now, _before, { key = '' }) => !(key in now),
    change: ({ answers }) => patch('remove', answers['key'] ?? ''),
  },
  /** "Sharing": the other project sees it once it has accepted it. */
  shareImage: {
    title: 'Share with Project…',
    verb: 'share',
    leaves: true,
    offered: (image) => visibilityOf(image) === 'shared',
    asks: [projectField('member', 'With which project?')],
    touches: ['image.member'],
    change: ({ answers }) => ({ method: 'POST', path: '/members', body: answers }),
  },
  acceptImage: {
    title: 'Accept',
    verb: 'accept',
    leaves: true,
    ends: true,
    touches: ['image.image'],
    change: ({ project }) => ({ method: 'PUT', path: `/members/${segment(project)}`, body: { status: 'accepted' } }),
  },
  rejectImage: {
    title: 'Reject',
    verb: 'reject',
    leaves: true,
    ends: true,
    touches: ['image.image'],
    change: ({ project }) => ({ method: 'PUT', path: `/members/${segment(project)}`, body: { status: 'rejected' } }),
  },
});

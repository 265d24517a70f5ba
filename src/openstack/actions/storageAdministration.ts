import { type Change, defineActions } from '../action.ts';
import { textAt } from '../columns.ts';
import type { Resource } from '../kind.ts';
import { allowing, denying, removingSpec, settingSpec } from './typeRows.ts';

const isPublic = (type: Resource) => type['is_public'] !== false;
const isEnabled = (service: Resource) => textAt(service, 'status') === 'enabled';
/** A service of cinder is known by program and host. */
const tellService = (what: string, { binary, host }: Resource, more: object = {}): Change => ({
  method: 'PUT',
  path: what,
  whole: true,
  body: { binary, host, ...more },
});

/** Cinder: block storage API reference v3, "Volume types", "Volume type access", "Services". */
export const storageAdministration = defineActions({
  grantType: allowing('addProjectAccess', 'project', isPublic),
  revokeType: denying('removeProjectAccess', 'project', isPublic),
  setTypeSpec: settingSpec('/extra_specs', 'volume_backend_name'),
  removeTypeSpec: removingSpec('/extra_specs'),
  disableStorage: {
    title: 'Disable…',
    verb: 'disable',
    admin: true,
    offered: isEnabled,
    asks: [{ name: 'disabled_reason', as: 'text', title: 'For what reason?', value: 'maintenance' }],
    reached: (now) => !isEnabled(now),
    change: ({ resource, answers }) => tellService('/disable-log-reason', resource, answers),
  },
  enableStorage: {
    title: 'Enable',
    verb: 'enable',
    admin: true,
    offered: (service) => !isEnabled(service),
    reached: isEnabled,
    change: ({ resource }) => tellService('/enable', resource),
  },
});

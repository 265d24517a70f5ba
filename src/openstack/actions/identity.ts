import { type Asked, type Change, defineActions } from '../action.ts';
import { textAt } from '../columns.ts';
import { segment } from './requests.ts';
import { isOff, isOn } from './states.ts';

const patch = ({ itemKey }: Asked, fields: unknown): Change => ({ method: 'PATCH', body: { [itemKey]: fields } });

/** Keystone: identity API reference v3, "Update …", "Assign role to user/group on project". */
export const identity = defineActions({
  enable: {
    title: 'Enable',
    verb: 'enable',
    admin: true,
    offered: isOff('enabled'),
    reached: isOn('enabled'),
    change: (asked) => patch(asked, { enabled: true }),
  },
  disable: {
    title: 'Disable',
    verb: 'disable',
    admin: true,
    offered: isOn('enabled'),
    risk: 'interrupts',
    reached: isOff('enabled'),
    change: (asked) => patch(asked, { enabled: false }),
  },
  /** On a project. */
  assignRole: {
    title: 'Assign Role…',
    verb: 'assign a role on',
    admin: true,
    leaves: true,
    asks: [
      { name: 'whom', as: 'choice', title: 'To a user or a group?', of: ['user', 'group'] },
      {
        name: 'who',
        as: 'resource',
        title: 'To whom?',
        kind: (_project, { whom }) => (whom === 'group' ? 'identity.group' : 'identity.user'),
      },
      { name: 'role', as: 'resource', title: 'Which role?', kind: 'identity.role' },
    ],
    touches: ['identity.role_assignment'],
    change: ({ answers: { whom, who, role } }) => ({ method: 'PUT', path: `/${whom}s/${segment(who)}/roles/${segment(role)}` }),
  },
  /** Of a role assignment, on a project, a domain or the whole system. */
  revokeRole: {
    title: 'Revoke',
    verb: 'revoke',
    admin: true,
    offered: (assignment) => textAt(assignment, 'scope.OS-INHERIT:inherited_to') === undefined,
    risk: 'interrupts',
    ends: true,
    touches: ['identity.role_assignment'],
    change: ({ resource }) => {
      const idOf = (field: string) => segment(textAt(resource, `${field}.id`));
      const scope = ['project', 'domain'].find((one) => idOf(`scope.${one}`) !== '');
      const on = scope ? `/${scope}s/${idOf(`scope.${scope}`)}` : '/system';
      const whom = idOf('user') === '' ? 'group' : 'user';
      return { method: 'DELETE', collection: `${on}/${whom}s/${idOf(whom)}/roles/${idOf('role')}` };
    },
  },
});

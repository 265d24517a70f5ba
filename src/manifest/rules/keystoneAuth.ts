import { isScalar } from 'yaml';
import { formOf } from '../form.ts';
import type { LocalManifest } from '../manifest.ts';
import { type LocalFinding, pairOf, resolved } from '../parse.ts';
import { findAll, rangeOf } from '../path.ts';
import { placeholders } from '../placeholders.ts';
import type { FixedValues, Rule } from '../rule.ts';

const policies = 'k8s-keystone-auth policies';
const sync = 'k8s-keystone-auth sync';
/** Who may not list them is told nothing; the lists of others may be cut to what one may open. */
const identity = {
  by: 'idOrName',
  unknown: 'information',
  several: 'told',
  consequence: 'It may be hidden from this user.',
} as const;
const role = { to: 'identity.role', by: 'idOrName', unknown: 'warning', several: 'told' } as const;
const matches = { user: 'identity.user', group: 'identity.group', project: 'identity.project', role: 'identity.role' } as const;

/**
 * Who may do what in a cluster that asks Keystone: policies of both versions, and how projects become namespaces.
 * Source: kubernetes/cloud-provider-openstack, `pkg/identity/keystone/authorizer.go`, `sync.go`, `docs/keystone-auth`.
 */
export const keystoneAuthRules: readonly Rule[] = [
  ...Object.entries(matches).map(
    ([type, to]): Rule => ({
      in: policies,
      at: 'policies[*].match[*].values[*]',
      beside: { 'policies[*].match[*].type': type },
      ...(type === 'role' ? role : { ...identity, to }),
      field: type,
    }),
  ),
  { in: policies, at: 'policies[*].users.roles[*]', ...role, field: 'roles' },
  { in: policies, at: 'policies[*].users.projects[*]', to: 'identity.project', ...identity, field: 'projects' },
  { in: sync, at: 'role-mappings[*].keystone-role', ...role },
  { in: sync, at: 'projects-blacklist[*]', to: 'identity.project', by: 'id', unknown: 'allow', field: 'projects-blacklist' },
];

export const keystoneAuthValues: readonly FixedValues[] = [
  {
    in: policies,
    at: 'policies[*].match[*]',
    called: 'setting',
    reader: 'The authorization webhook',
    own: /(?!)/,
    keys: { type: { words: Object.keys(matches), otherwise: { said: 'matches nobody', severity: 'error' } } },
  },
];

const synced = ['projects', 'role_assignments'];

/** What the webhook refuses to start with: a namespace that two projects would share, and data it cannot follow. Source: `pkg/identity/keystone/sync.go`, validate. */
export function keystoneAuthFindings(manifest: LocalManifest): readonly LocalFinding[] {
  if (formOf(manifest) !== sync) return [];
  const { root, tree } = manifest;
  const types = findAll(root, 'data-types-to-sync[*]', tree).flatMap(({ node }): LocalFinding[] =>
    isScalar(node) && !synced.includes(String(node.value)) && !placeholders.test(String(node.value))
      ? [
          error(
            node,
            `data-types-to-sync takes "projects", "role_assignments"; with "${String(node.value)}" the webhook does not start.`,
          ),
        ]
      : [],
  );
  const format = resolved(pairOf(root, 'namespace-format')?.value, tree);
  const isShared = isScalar(format) && !String(format.value).includes('%i') && !placeholders.test(String(format.value));
  return [
    ...types,
    ...(isShared
      ? [error(format, 'namespace-format must hold %i, the id of the project: names of projects are not unique.')]
      : []),
  ];
}

function error(node: Parameters<typeof rangeOf>[0], message: string): LocalFinding {
  return { range: rangeOf(node), severity: 'error', code: 'setting.value', message };
}

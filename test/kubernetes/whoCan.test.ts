import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { rulesPage, whoCanPage } from '../../src/kubernetes/accessPages.ts';
import type { Access } from '../../src/kubernetes/accessRules.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { objectName } from '../../src/kubernetes/objectActions.ts';
import { grantsOf } from '../../src/kubernetes/whoCan.ts';

const roles = objects(`
- {kind: ClusterRole, metadata: {name: edit}, rules: [{apiGroups: [apps], resources: [deployments, deployments/scale], verbs: [delete, patch]}]}
- {kind: ClusterRole, metadata: {name: admin}, rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]}
- {kind: Role, metadata: {name: edit, namespace: shop}, rules: [{apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: [tls, db]}]}
- {kind: ClusterRole, metadata: {name: empty}, rules: null}
`);
const bindings = objects(`
- kind: RoleBinding
  metadata: {name: editors, namespace: shop}
  roleRef: {kind: ClusterRole, name: edit}
  subjects: [{kind: Group, name: demo-editors}, {kind: ServiceAccount, name: ci, namespace: build}]
- kind: RoleBinding
  metadata: {name: readers, namespace: shop}
  roleRef: {kind: Role, name: edit}
  subjects: [{kind: User, name: bob}]
- kind: ClusterRoleBinding
  metadata: {name: admins}
  roleRef: {kind: ClusterRole, name: admin}
  subjects: [{kind: User, name: kim}]
- {kind: ClusterRoleBinding, metadata: {name: nobody}, roleRef: {kind: ClusterRole, name: admin}}
- {kind: ClusterRoleBinding, metadata: {name: none}, roleRef: {kind: ClusterRole, name: empty}, subjects: [{kind: User, name: eve}]}
- {kind: ClusterRoleBinding, metadata: {name: gone}, roleRef: {kind: ClusterRole, name: gone}, subjects: [{kind: User, name: eve}]}
`);

function objects(text: string): readonly KubeObject[] {
  return parse(text) as readonly KubeObject[];
}

/** verb, group, resource, subresource, name: who may. */
const TABLE = `
delete apps deployments - -      | Group demo-editors, ServiceAccount build/ci, User kim
patch apps deployments scale web | Group demo-editors, ServiceAccount build/ci, User kim
delete apps replicasets - -      | User kim
get core secrets - -             | User bob (tls, db), User kim
get core secrets - tls           | User bob, User kim
get core secrets - other         | User kim
`;

describe('who can', () => {
  for (const line of TABLE.trim().split('\n')) {
    const [asked = '', expected] = line.split('|').map((part) => part.trim());
    test(line, () => {
      const [verb = '', group = '', resource = '', subresource = '-', name = '-'] = asked.split(/\s+/);
      const access: Access = {
        verb,
        group: group === 'core' ? '' : group,
        resource,
        ...(subresource === '-' ? {} : { subresource }),
        ...(name === '-' ? {} : { name }),
      };
      const { grants, rolesMissing } = grantsOf(bindings, roles, access);
      const told = grants.map(({ subject, names }) => (names.length > 0 ? `${subject} (${names.join(', ')})` : subject));
      assert.equal(told.join(', '), expected);
      assert.deepEqual(rolesMissing.map(objectName), ['ClusterRole gone']);
    });
  }

  const scale: Access = { verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'scale' };

  test('is a page, each binding and role at its place', () => {
    const { text, named } = whoCanPage({ ...grantsOf(bindings, roles, scale), unread: [] }, scale, 'in namespace shop of dev');
    const lines = text.split('\n');
    assert.deepEqual(lines.slice(0, 7), [
      'Who can patch deployments.apps/scale in namespace shop of dev',
      '',
      'SUBJECT                   BY BINDING                  TO ROLE',
      'Group demo-editors        RoleBinding shop/editors    ClusterRole edit',
      'ServiceAccount build/ci   RoleBinding shop/editors    ClusterRole edit',
      'User kim                  ClusterRoleBinding admins   ClusterRole admin',
      '',
    ]);
    assert.equal(lines[7], 'ClusterRole gone is bound and does not exist.');
    assert.match(text, /system:masters.*webhooks/s);
    assert.deepEqual(
      named.map(({ line, start, end }) => lines[line]?.slice(start, end)),
      named.map(({ ref }) => objectName(ref)),
    );
    assert.equal(named.length, 6);
  });

  test('says what could not be read, and does not say "nobody" then', () => {
    const unread = [{ reason: 'forbidden', message: 'dev forbids it: clusterrolebindings.' } as const];
    const { text } = whoCanPage({ grants: [], rolesMissing: [], unread }, scale, 'of dev');
    assert.match(text, /^Nobody, as far as it could be read\.\n\nNot all could be read: dev forbids it: clusterrolebindings\.$/m);
  });
});

test('what I may do is a page of resources and verbs, and says where it may be more', () => {
  const rules = [
    { verbs: ['list', 'get'], apiGroups: ['', 'apps'], resources: ['pods', 'deployments/scale'] },
    { verbs: ['watch'], apiGroups: [''], resources: ['pods'] },
    { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['web'] },
    { verbs: ['get'], resources: [] },
  ];
  const page = rulesPage({ rules, incomplete: true }, 'alice', 'in namespace shop of dev');
  assert.equal(
    page,
    `What alice may do in namespace shop of dev

deployments.apps/scale   get, list
deployments/scale        get, list
pods                     get, list, watch
pods                     get                only web
pods.apps                get, list

There may be more: an authoriser of this cluster (a webhook, as Keystone has one) cannot tell its rules. Actions are
asked for one by one instead.
`,
  );
  assert.equal(
    rulesPage({ rules: [], incomplete: false }, 'bob', 'in namespace shop of dev'),
    'What bob may do in namespace shop of dev\n\nNothing.\n',
  );
});

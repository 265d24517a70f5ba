import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Access, type AccessRule, ruleAllows, ruleConcerns } from '../../src/kubernetes/accessRules.ts';
import type { ApiKind } from '../../src/kubernetes/cluster.ts';
import { objectWords } from '../../src/kubernetes/objectActions.ts';
import { requiredFor } from '../../src/kubernetes/objectNeeds.ts';

/** verbs, groups (`core` for the core group), resources, names; a dash is none. */
function ruleOf(text: string): AccessRule {
  const [verbs = [], apiGroups = [], resources = [], resourceNames = []] = text
    .split(' ')
    .map((part) => (part === '-' ? [] : part.split(',').map((one) => (one === 'core' ? '' : one))));
  return { verbs, apiGroups, resources, resourceNames };
}

/** `delete deployments.apps/scale web`: verb, resource with group and subresource, name. */
function accessOf(text: string): Access {
  const [, verb = '', resource = '', group = '', subresource, name] =
    /^(\S+) ([^./ ]+)(?:\.([^/ ]+))?(?:\/(\S+))?(?: (\S+))?$/.exec(text) ?? [];
  return { verb, group, resource, ...(subresource && { subresource }), ...(name && { name }) };
}

/** Whether the rule allows the request; `names` where it does for other names only. */
const TABLE = `
get core pods -                        | get pods              | yes
get core pods -                        | get pods web          | yes
get core pods -                        | list pods             | no
get core pods -                        | get pods.metrics.k8s.io | no
get core pods -                        | get pods/log          | no
get core pods/log -                    | get pods/log web      | yes
get core pods/log -                    | get pods              | no
get core */log -                       | get pods/log          | yes
get core */log -                       | get pods/exec         | no
get core */log -                       | get pods              | no
get core * -                           | get pods/exec         | yes
get core * -                           | get deployments.apps  | no
get core pods/* -                      | get pods/log          | no
* core pods -                          | escalate pods         | yes
* * * -                                | delete nodes/proxy n  | yes
get * deployments -                    | get deployments.apps  | yes
get * deployments -                    | get deployments.extensions | yes
get core deployments -                 | get deployments.apps  | no
patch apps deployments/scale -         | patch deployments.apps/scale web | yes
patch apps deployments -               | patch deployments.apps/scale web | no
create core pods/eviction -            | create pods/eviction  | yes
create core serviceaccounts/token ci   | create serviceaccounts/token ci | yes
create core serviceaccounts/token ci   | create serviceaccounts/token bot | names
get core secrets a,b                   | get secrets b         | yes
get core secrets a,b                   | get secrets c         | names
get core secrets a,b                   | get secrets           | names
get core secrets *                     | get secrets c         | names
get - - -                              | get pods              | no
GET core pods -                        | get pods              | no
get core Pods -                        | get pods              | no
delete,get core,apps pods,deployments - | delete deployments.apps | yes
`;

describe('rules', () => {
  for (const line of TABLE.trim().split('\n')) {
    const [rule = '', access = '', expected] = line.split('|').map((part) => part.trim().replace(/\s+/g, ' '));
    test(line.replace(/\s+/g, ' '), () => {
      const [given, asked] = [ruleOf(rule), accessOf(access)];
      const answer = ruleAllows(given, asked) ? 'yes' : ruleConcerns(given, asked) ? 'names' : 'no';
      assert.equal(answer, expected);
    });
  }
});

const kindOf = (text: string): ApiKind => {
  const [resource = '', ...group] = text.split('.');
  return { group: group.join('.'), resource, kind: resource } as ApiKind;
};

/** word, done to, on a server of that minor release: what is needed; a star marks what counts by the object's name. */
const NEEDS = `
deleteObject deployments.apps 36 | delete deployments.apps*
scale deployments.apps 36        | get deployments.apps*, patch deployments.apps/scale*
restart daemonsets.apps 36       | patch daemonsets.apps*
runNow cronjobs.batch 36         | get cronjobs.batch*, create jobs.batch
rerun jobs.batch 36              | get jobs.batch*, create jobs.batch*
logs pods 36                     | get pods/log*
logs deployments.apps 36         | get pods/log
enter pods 36                    | get pods/exec*, create pods/exec*
enter pods 34                    | get pods/exec*
attach pods 35                   | get pods/attach*, create pods/attach*
forward services 36              | get pods/portforward, create pods/portforward
debugPod pods 34                 | get pods*, patch pods/ephemeralcontainers*, get pods/attach*
copyToken serviceaccounts 36     | create serviceaccounts/token*
drainNode nodes 36               | patch nodes*, list pods, create pods/eviction
openNodeShell nodes 34           | create pods, list pods, get pods/attach, delete pods
openNodeShell pods 36            | create pods*, list pods*, get pods/attach*, create pods/attach*, delete pods*
editObject clusters.cluster.x-k8s.io 36 | get clusters.cluster.x-k8s.io*, patch clusters.cluster.x-k8s.io*
approve certificatesigningrequests.certificates.k8s.io 36 | get certificatesigningrequests.certificates.k8s.io*, patch certificatesigningrequests.certificates.k8s.io/approval*, approve signers.certificates.k8s.io
copyName pods 36                 |
`;

describe('what a word needs', () => {
  for (const line of NEEDS.trim().split('\n')) {
    const [given = '', expected] = line.split('|').map((part) => part.trim());
    const [word = '', kind = '', minor] = given.split(/\s+/);
    test(line, () => {
      const needs = requiredFor(word, kindOf(kind), `v1.${minor}.3`).map(({ access, own }) => {
        const { verb, resource, group, subresource } = access;
        return `${verb} ${resource}${group && `.${group}`}${subresource ? `/${subresource}` : ''}${own ? '*' : ''}`;
      });
      assert.equal(needs.join(', '), expected);
    });
  }
  test('is told for every word of the table of actions', () => {
    const silent = objectWords.filter((word) => requiredFor(word, kindOf('things.example')).length === 0);
    assert.deepEqual(silent, []);
  });
});

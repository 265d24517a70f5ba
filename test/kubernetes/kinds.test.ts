import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { factsOf, healthOf, isBrowsable, kubeGroups, shownCells } from '../../src/kubernetes/kinds.ts';

/** A row as the server prints it: its columns, its cells → how it stands, and what is shown. */
const rows = `
apps/Deployment      Name|Ready|Up-to-date|Age             web|1/2|2|5m                     busy   1/2 · 5m
apps/Deployment      Name|Ready|Up-to-date|Age             web|2/2|2|5m                     good   2/2 · 5m
apps/Deployment      Name|Ready|Up-to-date|Age             web|0/0|0|5m                     good   0/0 · 5m
apps/DaemonSet       Name|Desired|Current|Ready|Age        log|3|3|2|5m                     busy   2 · 3 · 5m
apps/DaemonSet       Name|Desired|Current|Ready|Age        log|3|3|3|5m                     good   3 · 3 · 5m
apps/ReplicaSet      Name|Desired|Current|Ready|Age        web-1|0|0|0|5m                   good   0 · 0 · 5m
apps/ReplicaSet      Name|Desired|Current|Ready|Age        web-2|2|2|1|5m                   busy   1 · 2 · 5m
/Pod                 Name|Ready|Status|Restarts|Node       a|0/1|CrashLoopBackOff|7|n1      bad    CrashLoopBackOff · 0/1 · 7 · n1
/Pod                 Name|Ready|Status|Restarts|Node       a|0/1|ImagePullBackOff|0|n1      bad    ImagePullBackOff · 0/1 · 0 · n1
/Pod                 Name|Ready|Status|Restarts|Node       a|0/1|Init:ErrImagePull|0|n1     bad    Init:ErrImagePull · 0/1 · 0 · n1
/Pod                 Name|Ready|Status|Restarts|Node       a|0/1|Init:0/2|0|n1              busy   Init:0/2 · 0/1 · 0 · n1
/Pod                 Name|Ready|Status|Restarts|Node       a|0/1|Pending|0|<none>           busy   Pending · 0/1 · 0
/Pod                 Name|Ready|Status|Restarts|Node       a|0/1|CreateContainerConfigError|0|n1 bad CreateContainerConfigError · 0/1 · 0 · n1
/Pod                 Name|Ready|Status|Restarts|Node       a|1/1|Running|0|n1               quiet  Running · 1/1 · 0 · n1
/Pod                 Name|Ready|Status|Restarts|Node       a|0/1|Completed|0|n1             quiet  Completed · 0/1 · 0 · n1
batch/CronJob        Name|Schedule|Suspend|Last Schedule   c|@daily|False|<none>            quiet  @daily
batch/CronJob        Name|Schedule|Suspend|Last Schedule   c|@daily|True|5m                 quiet  @daily · 5m · suspended
/Node                Name|Status|Roles|Version             n|NotReady|worker|v1.36.3        bad    NotReady · worker · v1.36.3
/Node                Name|Status|Roles|Version             n|NotReady,SchedulingDisabled|worker|v1 bad NotReady,SchedulingDisabled · worker · v1
/Node                Name|Status|Roles|Version             n|Ready,SchedulingDisabled|<none>|v1 warning Ready,SchedulingDisabled · v1
/PersistentVolume    Name|Capacity|Status|Claim            v|1Gi|Failed|shop/data           bad    Failed · 1Gi · shop/data
acme.org/Thing       Name|Phase|Size|Age                   t|Odd|3|5m                       quiet  Odd · 3 · 5m
`;

const parts = /^(\S*)\/(\S+)\s+(\S.*?\|.*?)\s{2,}(\S.*\|\S+)\s+(good|busy|warning|bad|quiet)\s+(.+)$/;

describe('a row of the server’s table', () => {
  for (const line of rows.trim().split('\n'))
    it(line.replaceAll(/\s+/g, ' '), () => {
      const [, group = '', kind = '', names = '', cells = '', health, shown] = parts.exec(line) ?? [];
      const columns = names.split('|').map((name) => ({ name, priority: 0 }));
      const row = { cells: cells.split('|'), object: { apiVersion: 'v1', kind, metadata: { name: 'a' } } };
      assert.deepEqual(
        [healthOf({ group, kind }, columns, row), shownCells({ group, kind }, columns, row).join(' · ')],
        [health, shown],
      );
    });

  it('of what is being deleted is busy, whatever its state says', () => {
    const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    assert.equal(healthOf({ group: '', kind: 'Pod' }, [{ name: 'Status' }], { cells: ['CrashLoopBackOff'], object }), 'busy');
  });
});

describe('a kind', () => {
  it('that nobody wrote a row for stands below its group', () => {
    assert.equal(factsOf({ group: 'acme.org', kind: 'Thing' }).under, 'Custom resources');
    assert.equal(factsOf({ group: 'flowcontrol.apiserver.k8s.io', kind: 'FlowSchema' }).under, 'Other');
    assert.ok(kubeGroups.includes(factsOf({ group: '', kind: 'Pod' }).under));
  });

  it('is browsed if it can be listed and is not seen elsewhere', () => {
    const kind = { group: 'acme.org', version: 'v1', versions: ['v1'], kind: 'Thing', resource: 'things', singular: 'thing' };
    const rest = { shortNames: [], namespaced: true, categories: [], subresources: [] };
    assert.deepEqual(
      [['list'], ['create']].map((verbs) => isBrowsable({ ...kind, ...rest, verbs })),
      [true, false],
    );
    assert.equal(isBrowsable({ ...kind, ...rest, verbs: ['list'], group: 'events.k8s.io', kind: 'Event' }), false);
  });
});

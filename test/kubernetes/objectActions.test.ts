/** What is offered for an object by its state, as a row of the server's table tells it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectWordsFor } from '../../src/kubernetes/objectActions.ts';

/** kind, state, another cell → which of the words that depend on the state are offered. */
const rows = `
batch/CronJob  @daily                     Suspend=False  suspendJobs
batch/CronJob  @daily                     Suspend=True   resumeJobs
batch/Job      Running                    -              suspendJobs
batch/Job      Suspended                  -              resumeJobs
batch/Job      Complete                   -
batch/Job      Failed                     -
/Node          Ready                      -              cordon
/Node          Ready,SchedulingDisabled   -              uncordon
`;
const byState: readonly string[] = ['suspendJobs', 'resumeJobs', 'cordon', 'uncordon'];

for (const line of rows.trim().split('\n'))
  test(`offered: ${line.replaceAll(/\s+/g, ' ')}`, () => {
    const [kindName = '', state = '', told = '', ...wanted] = line.split(/\s+/);
    const [group = '', kind = ''] = kindName.split('/');
    const [column, cell = ''] = told.split('=');
    const names = { group, kind, version: 'v1', versions: ['v1'], resource: '', singular: '', shortNames: [], categories: [] };
    const words = objectWordsFor({ ...names, namespaced: true, subresources: [], verbs: [] }, state, (name) =>
      name === column ? cell : '',
    );
    assert.deepEqual(
      words.filter((word) => byState.includes(word)),
      wanted.filter((word) => word !== ''),
    );
  });

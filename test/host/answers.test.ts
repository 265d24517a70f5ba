import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Uri } from 'vscode';
import type { SignInParts } from '../../src/commands/signIn.ts';
import { findAs } from '../../src/deploy/live/projectLookup.ts';
import { openBound } from '../../src/explorer/bound.ts';
import { Opened } from '../../src/explorer/opened.ts';
import type { AnswerSources, AsWhom } from '../../src/host/answers.ts';
import type { Contexts } from '../../src/kubernetes/cluster.ts';
import { factsMatching, toFacts } from '../../src/openstack/display.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { signingClouds } from '../support/signingClouds.ts';

const { Answers } = await import('../../src/host/answers.ts');
const { signIn, signOut } = await import('../../src/commands/signIn.ts');

/** A document bound to a region of cloud demo; `find` tells what a lookup in the background comes to. */
function bound(regions: readonly string[] = ['RegionOne'], region?: string) {
  const clouds = signingClouds(fakeCloud('network.network: [{id: n1, name: private}]'), regions);
  const binding = { cloud: 'demo', project: 'demo', ...(region ? { region } : {}) };
  let epoch = 1;
  const bindings = {
    of: () => binding,
    renew: () => (epoch += 1),
    get epoch() {
      return epoch;
    },
  };
  const asWhom: Pick<AsWhom, 'find'> = {
    find: (queries, { bound: project }, signal) => findAs(project, undefined, queries, signal),
  };
  const sources = {
    bindings,
    clouds,
    contexts: {},
    toFacts: async () => toFacts,
    factsMatching: async () => factsMatching,
    asWhom: async () => asWhom,
  };
  const answers = new Answers(sources as unknown as AnswerSources);
  const find = async () => {
    const query = { by: 'name', value: 'private' } as const;
    const params = { uri: 'file:///a.yaml', queries: [{ kind: 'network.network', query }] } as const;
    const { value } = await answers.find({} as Uri, params, new AbortController().signal);
    const [answer] = value;
    return answer?.verdict === 'unknown' ? answer.message : answer?.verdict;
  };
  const secrets = { forget: async () => {}, asking: <T>(_cloud: string, run: () => Promise<T>) => run() };
  const log = { warn: () => {} };
  const parts = { clouds, bindings, secrets, log, asked: { opened: new Opened() } } as unknown as SignInParts;
  return { clouds, binding, answers, find, parts };
}

describe('lookups in the background of a cloud that was signed out of', () => {
  it('wait until the user signs in again, and say so', async () => {
    const { clouds, binding, answers, find, parts } = bound();
    assert.equal(await find(), 'found');
    await signOut(parts, 'demo');
    assert.equal(await find(), 'You are signed out of cloud demo. Sign in to check again.');
    assert.equal(answers.trouble(binding)?.reason, 'signedOut');
    assert.deepEqual(await openBound([binding], { clouds, contexts: {} as Contexts }), { projects: [], clusters: [] });
    assert.deepEqual(clouds.log, ['in RegionOne', 'out RegionOne']);
    await signIn(parts, 'demo');
    assert.equal(await find(), 'found');
    assert.equal(answers.trouble(binding), undefined);
  });

  it('wait until the user opens the cloud', async () => {
    const { clouds, find, parts } = bound();
    await signOut(parts, 'demo');
    assert.match((await find()) ?? '', /signed out/);
    const cloud = await clouds.open('demo');
    assert.ok(cloud.ok && (await cloud.value.projects()).ok);
    assert.equal(await find(), 'found');
    assert.deepEqual(clouds.log, ['out RegionOne', 'in RegionOne']);
  });

  it('wait in whichever region, and go on there', async () => {
    const { clouds, find, parts } = bound(['RegionOne', 'RegionTwo'], 'RegionTwo');
    await signOut(parts, 'demo');
    assert.match((await find()) ?? '', /signed out/);
    assert.deepEqual(clouds.log.splice(0), ['out RegionOne', 'out RegionTwo']);
    await signIn(parts, 'demo');
    assert.equal(await find(), 'found');
    assert.deepEqual(clouds.log, ['out RegionOne', 'in RegionOne', 'in RegionTwo']);
  });

  it('do not send again what the cloud refused, and go on saying what it said', async () => {
    const { clouds, find } = bound();
    clouds.refuse({ reason: 'signedOut', message: "Cloud demo did not accept alice's password. Sign in again." });
    for (let times = 0; times < 3; times += 1)
      assert.equal(await find(), "Cloud demo did not accept alice's password. Sign in again.");
    assert.deepEqual(clouds.log, ['in RegionOne']);
  });
});

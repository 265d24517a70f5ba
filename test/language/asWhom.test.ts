import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { LanguageHost } from '../../src/language/host.ts';
import { LanguageService } from '../../src/language/service.ts';
import { toFacts } from '../../src/openstack/display.ts';
import type { CheckDidRunParams, FactsLookup, FindParams, ListParams } from '../../src/protocol.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const uri = 'file:///a.yaml';
const admins = fakeCloud('{project: admin, user: admin, compute.flavor: [{id: "1", name: m1.tiny}, {id: "9", name: g1.gpu}]}');
const bobs = fakeCloud('{project: ops, user: bob, compute.flavor: [{id: "1", name: m1.tiny}]}');
const by = { place: 'project ops of cloud admin, as bob' };

/** A file that is open, and the questions about it: those with credentials are bob's. `doubt` is said of whatever the administrator finds. */
async function open(text: string, doubt?: string) {
  const asked: string[] = [];
  const runs: CheckDidRunParams[] = [];
  const told: string[] = [];
  const answer = async ({ kind, query, as: named }: FindParams['queries'][number]): Promise<FactsLookup> => {
    // A machine without credentials has those of its cluster, which is not there.
    const as = named?.cloud === undefined ? undefined : named;
    asked.push(`${query.value} ${as ? `${as.name}/${as.cloud}` : 'bound'}`);
    const found = await (as ? bobs : admins).find(kind, query);
    if (found.verdict === 'unknown') return { verdict: 'unknown', reason: '', message: '' };
    if (found.verdict === 'missing') return { verdict: 'missing', near: [], ...(as ? { by } : {}) };
    const matches = found.matches.map((one) => toFacts(kind, one));
    return { verdict: found.verdict, matches, ...(as ? { by } : doubt === undefined ? {} : { doubt }) };
  };
  const host: LanguageHost = {
    find: async ({ queries }) => ({ epoch: 1, value: await Promise.all(queries.map(answer)) }),
    list: async ({ kind, as }: ListParams) => {
      const listed = await (as ? bobs : admins).list(kind);
      assert.ok(listed.ok);
      return { epoch: 1, value: { items: listed.value.items.map((one) => toFacts(kind, one)), incomplete: false } };
    },
    binding: async () => ({
      epoch: 1,
      value: { binding: { cloud: 'admin' }, place: 'project admin (cloud admin)', user: 'admin' },
    }),
    schema: undefined,
    kubernetesFind: undefined,
    workspaceManifests: undefined,
  };
  const output = {
    publish: (_uri: string, _version: number, diagnostics: readonly { readonly message: unknown }[]) => {
      told.splice(0, told.length, ...diagnostics.map(({ message }) => String(message)));
    },
    didRun: (params: CheckDidRunParams) => void runs.push(params),
    refreshHints: () => {},
    refreshLinks: () => {},
    broke: (error: unknown) => assert.fail(String(error)),
  };
  const service = new LanguageService(host, output, {});
  service.open(uri, 1, text);
  for (let waited = 0; waited < 20_000 && runs.length === 0; waited += 10) await delay(10);
  return { service, asked, told, run: runs[0] };
}

const machine = (identity: string, flavor: string) => `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: a}
spec:
  template:
    spec:
      flavor: ${flavor}
      identityRef: ${identity}
`;
const { signal } = new AbortController();

it('asks with the credentials that a manifest names, tells as whom, and offers what they see', async () => {
  const { service, asked, told } = await open(machine('{name: whom, cloudName: theirs}', 'g1.gpu'));
  assert.deepEqual(asked.slice(0, 1), ['g1.gpu whom/theirs']);
  assert.match(
    told.join(),
    /^Flavor "g1\.gpu" can be seen in project admin \(cloud admin\), but not in project ops of cloud admin, as bob\./,
  );
  const offered = await service.complete(uri, { line: 6, character: 15 }, signal);
  assert.deepEqual(
    offered?.items.map(({ label }) => label),
    ['m1.tiny'],
  );
  service.dispose();
});

it('shows what was found as whoever found it', async () => {
  const { service, told } = await open(machine('{name: whom, cloudName: theirs}', 'm1.tiny'));
  assert.deepEqual(told, []);
  const hover = await service.hover(uri, { line: 6, character: 16 }, signal);
  const { value } = (hover ?? assert.fail('nothing to show')).contents as { readonly value: string };
  assert.match(value.replaceAll('\\', ''), /\*project ops of cloud admin, as bob · \d\d:\d\d\*$/);
  service.dispose();
});

it('counts what is in doubt as not checked, accuses nobody of it, and shows it all the same', async () => {
  const doubt = 'Flavor "g1.gpu" is seen by admin as an administrator; whether others of project admin see it is not known.';
  const { service, told, run } = await open(machine('{}', 'g1.gpu'), doubt);
  assert.deepEqual([told, run], [[], { uri, references: 1, wrong: 0, unknown: 1, paused: doubt }]);
  assert.match(JSON.stringify(await service.hover(uri, { line: 6, character: 16 }, signal)), /g1/);
  service.dispose();
});

import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import '../support/withoutEditor.ts';
import type { Form } from '../../src/commands/askFields.ts';
import { actions } from '../../src/openstack/actions/actions.ts';
import { creationOf } from '../../src/openstack/creations/creations.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const { askFields } = await import('../../src/commands/askFields.ts');

const CLOUD = `
compute.server:
  - { id: s1, name: web-1, status: ACTIVE, metadata: { tier: front } }
network.network:
  - { id: n1, name: private, status: ACTIVE }
  - { id: n2, name: public, status: ACTIVE, 'router:external': true }
network.port:
  - { id: p1, name: web-1-port, device_id: s1, security_groups: [g1] }
network.floating_ip:
  - { id: f1, floating_ip_address: 192.0.2.7 }
network.security_group:
  - { id: g1, name: web }
  - { id: g2, name: db }
network.qos_policy: []
identity.project:
  - { id: x1, name: ops }
block-storage.volume: []
`;

/** What one prompt is answered with: typed, or the label of a choice (several with `+`); `-` dismisses. */
type Replies = readonly string[];

/** The dialogue of a form as text, and what came of it. */
async function dialogue(form: Omit<Form, 'project' | 'title'>, ...replies: Replies): Promise<string> {
  const said: string[] = [];
  const left = [...replies];
  const reply = () => left.shift() ?? assert.fail(`nobody answers: ${said.at(-1)}`);
  const parts = {
    log: { error: (what: string) => said.push(`! ${what}`), warn: (what: string) => said.push(`! ${what}`), info() {} },
    prompts: {
      text: async (title: string, value: string, check: (text: string) => string | undefined) => {
        said.push(`${title} [${value}]`);
        const text = reply();
        if (text === '-') return undefined;
        const wrong = check(text);
        if (wrong) said.push(`  ${text}: ${wrong}`);
        return wrong ? undefined : text;
      },
      password: async (title: string) => {
        said.push(`${title} [hidden]`);
        return reply();
      },
      pick: async (choices: readonly { label: string; value: unknown }[], { title }: { title: string }) => {
        said.push(`${title} {${choices.map(({ label }) => label).join(' | ')}}`);
        const label = reply();
        return label === '-' ? undefined : (choices.find((one) => one.label === label) ?? assert.fail(label)).value;
      },
      pickMany: async (choices: readonly { label: string; value: unknown; picked: boolean }[], { title }: { title: string }) => {
        said.push(`${title} {${choices.map(({ label, picked }) => `${picked ? '*' : ''}${label}`).join(' | ')}}`);
        const labels = reply().split('+');
        return choices.filter(({ label }) => labels.includes(label)).map(({ value }) => value);
      },
      file: async () => reply(),
    },
  };
  const answers = await askFields(parts as never, { ...form, project: fakeCloud(CLOUD), title: 'T' });
  assert.deepEqual(left, []);
  return [...said, answers ? JSON.stringify(answers) : 'dismissed'].join('\n');
}

const server = { id: 's1', name: 'web-1', metadata: { tier: 'front' } };
const asks = (word: keyof typeof actions) => ({ fields: actions[word].asks ?? [] });

describe('a form', () => {
  it('shows what is so now, and later questions follow from earlier answers', async () => {
    assert.equal(await dialogue({ ...asks('rename'), about: server }, 'web-2'), 'T: New name [web-1]\n{"name":"web-2"}');
    assert.equal(
      await dialogue({ ...asks('setMetadata'), about: server }, 'tier', 'back'),
      'T (1/2): Key, like tier []\nT (2/2): Value [front]\n{"key":"tier","value":"back"}',
    );
    assert.equal(await dialogue({ ...asks('removeMetadata'), about: server }, 'tier'), 'T: Which key? {tier}\n{"key":"tier"}');
  });

  it('asks an action about a single resource too, unless nothing else could be meant', async () => {
    assert.equal(
      await dialogue({ ...asks('addFloatingIp'), about: server }, '192.0.2.7'),
      'T (1/2): Which floating IP? {192.0.2.7}\n{"address":"f1","port_id":"p1"}',
    );
  });

  it('asks only what the answers call for, in lists of the kind they name', async () => {
    const fields = creationOf('network.rbac_policy')?.fields ?? [];
    assert.equal(
      await dialogue({ fields, brief: true }, 'network', 'private', 'access_as_shared', 'Another one, by its id…', 'x9'),
      [
        'T (1/4): What is shared? {network | security_group | qos_policy | subnetpool | address_scope | address_group}',
        'T (2/4): Which one? {private | public}',
        'T (3/4): How may it be used? {access_as_shared | access_as_external}',
        'T (4/4): By which project? {ops | Another one, by its id…}',
        'T (4/4): By which project? []',
        '{"object_type":"network","object_id":"n1","action":"access_as_shared","target_tenant":"x9"}',
      ].join('\n'),
    );
    const volume = creationOf('block-storage.volume')?.fields ?? [];
    assert.equal(
      await dialogue({ fields: volume, brief: true }, 'A transfer from another project', 't1', 'secret'),
      [
        'T (1/4): From what? {Nothing: an empty volume | An image | A snapshot | Another volume | A backup | A transfer from another project}',
        'T (2/3): Id of the transfer []',
        'T (3/3): Its key [hidden]',
        '{"source":"A transfer from another project","transfer":"t1","auth_key":"secret"}',
      ].join('\n'),
    );
  });

  it('says so where nothing can be picked', async () => {
    const fields = creationOf('network.rbac_policy')?.fields ?? [];
    const told = await dialogue({ fields, brief: true }, 'qos_policy');
    assert.match(told, /dismissed$/);
  });

  it('marks what is chosen already, and joins what is chosen', async () => {
    const port = { id: 'p1', security_groups: ['g1'] };
    assert.equal(
      await dialogue({ ...asks('setSecurityGroups'), about: port }, 'web+db'),
      'T: Which security groups? {*web | db}\n{"groups":"g1,g2"}',
    );
    assert.equal(await dialogue({ ...asks('setSecurityGroups'), about: port }, ''), 'T: Which security groups? {*web | db}\n{}');
  });

  it('takes no number below the least, and none that is not whole; -1 where it means no limit', async () => {
    const limit = { name: 'cores', value: 20 };
    assert.equal(
      await dialogue({ ...asks('setQuota'), about: limit }, '-1'),
      'T: How many, -1 for no limit [20]\n{"limit":"-1"}',
    );
    assert.match(await dialogue({ ...asks('setQuota'), about: limit }, '-2'), /A whole number, -1 or more/);
    assert.match(await dialogue({ ...asks('setQuota'), about: limit }, '1.5'), /A whole number, -1 or more/);
  });

  it('does not ask what the place answers, and ends when one question is dismissed', async () => {
    const fields = creationOf('load-balancer.l7_policy')?.fields ?? [];
    const known = (name: string) => (name === 'listener_id' ? 'l1' : undefined);
    assert.equal(await dialogue({ fields, known }, '-'), 'T (2/3): Name []\ndismissed');
  });

  it('reads the text of a file, if it is there and no larger than a template', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ask-'));
    try {
      const template = join(folder, 'stack.yaml');
      await writeFile(template, 'heat_template_version: wallaby');
      const form = asks('updateStack');
      assert.equal(
        await dialogue(form, template, 'None'),
        'T (2/2): Which environment file (its `parameters`)? {None | Choose a file…}\n{"template":"heat_template_version: wallaby"}',
      );
      assert.match(await dialogue(form, join(folder, 'missing.yaml')), /dismissed$/);
      await truncate(template, 5 * 1024 * 1024);
      assert.match(await dialogue(form, template), /dismissed$/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** Objects edited in place against the sandbox's API server: the text that is opened, what is asked when it is saved, and what is there afterwards. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { createHttp } from '../../src/base/http.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { editorParts } from '../support/editorParts.ts';
import { sandboxTest } from '../support/sandbox.ts';

const { objectTexts } = await import('../../src/commands/objectTexts.ts');

const space = `edit-${process.pid}`;
const context = 'sandbox-admin';
const web: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: space, name: 'web' };
const settings: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: space, name: 'settings' };
const keys: ObjectRef = { apiVersion: 'v1', kind: 'Secret', namespace: space, name: 'keys' };
const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'nginx:1', ports: [{ containerPort: 80 }] }] },
};
const spec = { replicas: 0, selector: { matchLabels: { app: 'web' } }, template };

/** An object as another manager writes it, without a namespace. */
const OBJECTS: readonly (readonly [ObjectRef, object])[] = [
  [web, { spec }],
  [settings, { data: { a: 'one', b: 'yes' }, metadata: { labels: { tier: 'front' } } }],
  [keys, { data: { token: 'c2VjcmV0' } }],
];

interface Outcome {
  readonly asked: readonly string[];
  readonly answers?: Readonly<Record<string, unknown>>;
  /** What is read back, or the sentence of the refusal. */
  readonly leads: unknown;
}

/** what, the object, old text → new text, what is asked and answered, what becomes of it. */
const EDITS: readonly (readonly [
  string,
  ObjectRef,
  readonly (readonly [string, string])[],
  (now: KubeObject) => unknown,
  Outcome,
])[] = [
  ['nothing is asked about an unchanged text', settings, [], (now) => now['data'], { asked: [], leads: { a: 'one', b: 'yes' } }],
  [
    'a new key needs no one else',
    settings,
    [['  a: one', '  a: one\n  c: "0644"']],
    (now) => now['data'],
    { asked: ['pick Apply to ConfigMap SPACE/settings on sandbox-admin, as admin?'], leads: { a: 'one', b: 'yes', c: '0644' } },
  ],
  [
    'a key of another manager is taken away after a second yes',
    settings,
    [
      ['  b: "yes"\n', ''],
      ['    tier: front', '    tier: back'],
    ],
    (now) => [now['data'], now.metadata.labels],
    {
      asked: [
        'pick Apply to ConfigMap SPACE/settings on sandbox-admin, as admin?',
        'confirm Fields of ConfigMap SPACE/settings belong to others, who may set them again | metadata.labels.tier: ours back, live front by another since TIME\nRemoved or replaced, although another manager wrote it: data.b',
      ],
      leads: [{ a: 'one', c: '0644' }, { tier: 'back' }],
    },
  ],
  [
    'a conflict without the second yes sends nothing',
    web,
    [['image: nginx:1', 'image: nginx:2']],
    () => undefined,
    {
      asked: [
        'pick Apply to Deployment SPACE/web on sandbox-admin, as admin?',
        'confirm Fields of Deployment SPACE/web belong to others, who may set them again | spec.template.spec.containers[name="web"].image: ours nginx:2, live nginx:1 by another since TIME',
      ],
      answers: { confirm: false },
      leads: 'cancelled: Not saved: Deployment SPACE/web is as it was.',
    },
  ],
  [
    'a port that keys a list is replaced, not added',
    web,
    [
      ['containerPort: 80', 'containerPort: 8080'],
      ['image: nginx:1', 'image: nginx:2'],
    ],
    (now) => JSON.stringify(now['spec']).match(/"containerPort":\d+|"image":"[^"]+"/g),
    {
      asked: [
        'pick Apply to Deployment SPACE/web on sandbox-admin, as admin?',
        'confirm Fields of Deployment SPACE/web belong to others, who may set them again | spec.template.spec.containers[name="web"].image: ours nginx:2, live nginx:1 by another since TIME\nRemoved or replaced, although another manager wrote it: spec.template.spec.containers.web.ports',
      ],
      leads: ['"image":"nginx:2"', '"containerPort":8080'],
    },
  ],
  [
    'an invalid field is told at its line',
    web,
    [['replicas: 0', 'replicas: -1']],
    () => undefined,
    { asked: [], leads: 'invalid: Line LINE: spec.replicas: Invalid value: -1: must be greater than or equal to 0.' },
  ],
  [
    'an unknown field is told at its line',
    web,
    [['  replicas: 0', '  replicsa: 0']],
    () => undefined,
    { asked: [], leads: 'invalid: Line LINE: spec.replicsa: no such field.' },
  ],
  [
    'a broken text is told at its line',
    web,
    [['replicas: 0', 'replicas: [0']],
    () => undefined,
    { asked: [], leads: 'invalid: Line' },
  ],
  [
    'another name is another object',
    web,
    [['  name: web', '  name: shop']],
    () => undefined,
    {
      asked: [],
      leads:
        'invalid: Line LINE: metadata.name names the object and cannot be changed (it is web). To make another one, use Apply Deploy.',
    },
  ],
  [
    'a masked value stays, a new one is written',
    keys,
    [['token: "***"', 'token: "***"\n  more: bW9yZQ==']],
    (now) => now['data'],
    { asked: ['pick Apply to Secret SPACE/keys on sandbox-admin, as admin?'], leads: { token: 'c2VjcmV0', more: 'bW9yZQ==' } },
  ],
];

sandboxTest('an object is edited in place, and nothing is taken from others unasked', async (sandbox) => {
  const http = createHttp();
  const file = join(dirname(sandbox.kubernetes.kubeconfig), 'admin.kubeconfig');
  const contexts = openContexts({ http, env: { KUBECONFIG: file }, mayRun: async () => false });
  const opened = await contexts.open(context);
  assert.ok(opened.ok);
  const cluster = opened.value;
  const shownSides: string[] = [];
  const documents = { provide: (path: string, load: () => string) => void shownSides.push(`${path}\n${load()}`) };
  const open = (protection = {}) => {
    const { parts, ...rest } = editorParts({} as never, protection);
    return { ...rest, texts: objectTexts({ ...parts, contexts, documents } as never) };
  };
  try {
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: space } });
    for (const [ref, body] of OBJECTS) await writeAsAnother(cluster, ref, body);
    for (const [what, ref, changes, read, outcome] of EDITS) {
      const { texts, asked, answers } = open();
      Object.assign(answers, { pick: 'Apply', confirm: true, ...outcome.answers });
      const text = await texts.read({ context, ...ref });
      assert.ok(text.ok, JSON.stringify(text));
      const edited = changes.reduce((now, [from, to]) => {
        assert.ok(now.includes(from), `${from} in\n${now}`);
        return now.replace(from, to);
      }, text.value.text);
      const saved = await texts.save({ context, ...ref }, edited, 'file');
      const now = await cluster.get(ref);
      assert.ok(now.ok);
      assert.deepEqual(asked.map(named), outcome.asked, what);
      if (typeof outcome.leads === 'string') {
        const told = saved.ok ? 'saved' : named(`${saved.failure.reason}: ${saved.failure.message}`);
        const line = edited.slice(0, edited.indexOf(changes[0]?.[1] ?? '')).split('\n').length;
        assert.ok(told.startsWith(outcome.leads.replace('LINE', String(line))), `${what}: ${told}`);
      } else assert.deepEqual(saved.ok ? read(now.value) : saved.failure, outcome.leads, what);
    }
    assert.equal(shownSides.join('\n').includes('c2VjcmV0'), false);

    const { texts, asked, answers } = open();
    answers['pick'] = 'Apply';
    const text = await texts.read({ context, ...settings });
    assert.ok(text.ok && !text.value.readOnly);
    assert.match(text.value.text, /^# ConfigMap \S+\/settings on sandbox-admin, as admin, version \d+\.\n# Saving/);
    await writeAsAnother(cluster, settings, { data: { theirs: 'kept' } });
    assert.deepEqual(await texts.save({ context, ...settings }, text.value.text.replace('a: one', 'a: one\n  mine: x'), 'file'), {
      ok: true,
      value: undefined,
    });
    const both = await cluster.get(settings);
    assert.deepEqual(both.ok && Reflect.get(both.value['data'] as object, 'theirs'), 'kept');
    assert.deepEqual(both.ok && Reflect.get(both.value['data'] as object, 'mine'), 'x');
    assert.equal(asked.length, 1);

    const released: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: space, name: 'released' };
    const marks = { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' };
    const metadata = { labels: { 'app.kubernetes.io/managed-by': 'Helm' }, annotations: marks };
    await writeAsAnother(cluster, released, { metadata, data: { level: 'info' } }, 'helm');
    const kept = open();
    Object.assign(kept.answers, { pick: 'Apply', confirm: true });
    const ofHelm = await kept.texts.read({ context, ...released });
    assert.ok(ofHelm.ok);
    const change = (to: string) =>
      kept.texts.save({ context, ...released }, ofHelm.value.text.replace('level: info', to), 'file');
    const dismissed = await change('level: debug');
    assert.ok(!dismissed.ok && dismissed.failure.reason === 'cancelled');
    assert.equal(
      named(kept.asked.at(-1) ?? ''),
      'decide Apply to ConfigMap SPACE/released, although it is kept as it is by its owner? | Owned by Helm release shop/web. The next upgrade or rollback of the release puts this back. Better: Change the values of the release (helm upgrade).',
    );
    kept.answers['decide'] = 'Apply';
    assert.deepEqual(await change('level: debug'), { ok: true, value: undefined });
    const before = kept.asked.length;
    assert.deepEqual(await change('level: debug\n  mine: x'), { ok: true, value: undefined });
    assert.deepEqual(
      kept.asked.slice(before).map((one) => one.split(' ')[0]),
      ['pick'],
      'what Helm never set is nobody else’s',
    );

    const guarded = open({ protected: 'sandbox' });
    guarded.answers['pick'] = 'Apply';
    const again = await guarded.texts.read({ context, ...settings });
    assert.ok(again.ok);
    const refused = await guarded.texts.save(
      { context, ...settings },
      again.value.text.replace('a: one', 'a: one\n  z: x'),
      'file',
    );
    assert.equal(
      named(guarded.asked.at(-1) ?? ''),
      'type settings: ConfigMap SPACE/settings | sandbox-admin, as admin. Type settings to go on.',
    );
    assert.ok(!refused.ok && refused.failure.reason === 'cancelled');

    const closed = open({ readOnly: 'sandbox' });
    const shown = await closed.texts.read({ context, ...settings });
    assert.ok(shown.ok && shown.value.readOnly);
    const never = await closed.texts.save({ context, ...settings }, text.value.text.replace('one', 'two'), 'file');
    assert.ok(!never.ok && never.failure.reason === 'forbidden');
    assert.deepEqual(closed.asked, []);
  } finally {
    await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', name: space });
    contexts.dispose();
    http.dispose();
  }
});

const named = (text: string) => text.replaceAll(space, 'SPACE').replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME');

/** Server-side apply by another manager. */
async function writeAsAnother(cluster: Cluster, ref: ObjectRef, body: object, manager = 'another'): Promise<void> {
  const group = ref.apiVersion.includes('/') ? `apis/${ref.apiVersion}` : `api/${ref.apiVersion}`;
  const path = `/${group}/namespaces/${space}/${ref.kind.toLowerCase()}s/${ref.name}?fieldManager=${manager}&force=true`;
  const { metadata = {}, ...rest } = body as { metadata?: object };
  const object = { apiVersion: ref.apiVersion, kind: ref.kind, metadata: { name: ref.name, ...metadata }, ...rest };
  const done = await cluster.raw(path, {
    method: 'PATCH',
    body: JSON.stringify(object),
    contentType: 'application/apply-patch+yaml',
  });
  assert.ok(done.ok, JSON.stringify(done));
}

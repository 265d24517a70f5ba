/** What a deploy gets of kustomizations, charts and encrypted manifests: files as text, the plan as text. What programs print is recorded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, success } from '../../src/base/failure.ts';
import { discover } from '../../src/deploy/files/discover.ts';
import type { Gathered } from '../../src/deploy/files/gather.ts';
import { noLookup } from '../../src/deploy/live/projectLookup.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import { printRun, startRun } from '../../src/deploy/run/run.ts';
import { readTarget } from '../../src/deploy/target.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';
import { gatherRendered, type ReadOptions } from '../../src/render/gatherRendered.ts';
import type { Release } from '../../src/render/renderers.ts';
import type { Decrypt } from '../../src/render/sops.ts';
import { readAnnotatedFiles, recordedRenderers } from '../support/annotatedFiles.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { filesOf } from '../support/filesOf.ts';

interface More extends Partial<ReadOptions> {
  readonly roots?: readonly string[];
}

/** Files below lines `=== path`, what programs print below `=== rendered …`; a second print of the same is that of the second rendering. */
async function gathered(text: string, { roots = ['w'], ...more }: More = {}): Promise<Gathered> {
  const given = readAnnotatedFiles(text);
  const files = filesOf(Object.fromEntries(given.annotated));
  const first = recordedRenderers(given);
  const prints = new Map<string, number>();
  const helm: typeof first.helm = async (folder, name, values) => {
    const key = [folder, name, ...values].join(' ');
    const count = (prints.get(key) ?? 0) + 1;
    prints.set(key, count);
    return success(given.rendered.get(`${key} #${count}`) ?? given.rendered.get(key) ?? '');
  };
  const options: ReadOptions = {
    lookup: noLookup('nobody is asked here'),
    files,
    release: { namespace: 'shop' },
    renderers: () => ({ ...first, helm }),
    decrypt: async () => failed('notFound', 'sops is not installed here.'),
    ...more,
  };
  return gatherRendered(await discover(roots, files), options);
}

async function planOf(read: Gathered, cluster = new FakeCluster()) {
  const target = await readTarget(cluster, { namespace: 'shop' });
  assert.ok(target.ok);
  const plan = await makePlan({ target: target.value, ...read }, cluster);
  assert.ok(plan.ok);
  return plan.value;
}

const planned = async (text: string, cluster?: FakeCluster, more?: More) =>
  printPlan(await planOf(await gathered(text, more), cluster)).replace(/^.*\n/, '');

const overlay = `=== w/base/kustomization.yaml
resources: [web.yaml]
=== w/base/web.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  colour: red
=== w/overlays/one/kustomization.yaml
resources: [../../base]
patches: [{path: colour.yaml}]
=== w/overlays/one/colour.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  colour: blue
=== rendered w/overlays/one
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  annotations:
    config.kubernetes.io/origin: |
      path: ../w/base/web.yaml
data:
  colour: blue
`;

test('an overlay becomes its objects, without what is only ours, each field with the place that set it', async () => {
  const read = await gathered(overlay, { roots: ['w'] });
  assert.deepEqual(
    read.written.map(({ object }) => object),
    [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { colour: 'blue' } }],
  );
  const [one] = read.written;
  const places = [
    ['data', 'colour'],
    ['metadata', 'name'],
  ].map((path) => one?.placeOf(path));
  assert.deepEqual(
    places.map((place) => `${place?.file}:${place?.line}`),
    ['w/overlays/one/colour.yaml:6', 'w/overlays/one/colour.yaml:4'],
  );
  assert.equal(await planned(overlay), '1 create\n  create v1/ConfigMap shop/web\n');
});

test('a network that a manifest beside an overlay brings about is not missing in the overlay', async () => {
  const named = `=== w/overlay/kustomization.yaml
resources: [cluster.yaml]
=== w/overlay/cluster.yaml
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: OpenStackCluster
metadata: {name: a}
spec: {network: {filter: {name: shop}}}
=== rendered w/overlay
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: OpenStackCluster
metadata: {name: a}
spec: {network: {filter: {name: shop}}}
`;
  const made = (policy: string) =>
    `=== w/network.yaml\napiVersion: openstack.k-orc.cloud/v1alpha1\nkind: Network\nmetadata: {name: shop}\nspec: {managementPolicy: ${policy}}\n`;
  const lookup = fakeCloud('network.network: []') as ResourceLookup;
  const found = async (text: string) => (await gathered(text, { lookup })).findings.map(({ code }) => code);
  assert.deepEqual(await found(named), ['reference.missing']);
  assert.deepEqual(await found(named + made('unmanaged')), ['reference.missing']);
  assert.deepEqual(await found(named + made('managed')), []);
});

test('of several overlays of one base nobody guesses which is meant', async () => {
  const two = `${overlay}=== w/overlays/two/kustomization.yaml\nresources: [../../base]\n=== rendered w/overlays/two\n{apiVersion: v1, kind: ConfigMap, metadata: {name: web}}\n`;
  assert.match(
    await planned(two),
    /^nothing to deploy\nblocked: w\/overlays\/one and w\/overlays\/two are made of one base, w\/base, so only one of them goes to a target\. Name the one that is meant, or a file of targets\. \(kustomization\.yaml:1\)\n$/,
  );
  assert.equal(await planned(two, undefined, { roots: ['w/overlays/one'] }), '1 create\n  create v1/ConfigMap shop/web\n');
});

test('what an overlay is made of is not deployed by itself as well', async () => {
  const shared = overlay.replace('resources: [../../base]', 'resources: [../../base, ../../shared/more.yaml]');
  const more = '{apiVersion: v1, kind: ConfigMap, metadata: {name: more}}\n';
  assert.equal(
    await planned(
      `${shared}---\n${more}=== w/shared/more.yaml\n${more}=== w/shared/other.yaml\n${more.replace('more', 'other')}`,
    ),
    '3 create\n  create v1/ConfigMap shop/other\n  create v1/ConfigMap shop/web\n  create v1/ConfigMap shop/more\n',
  );
});

test('what comes out as a template still blocks: nothing is left out in silence', async () => {
  const bare = overlay.replace(
    /(=== rendered[\s\S]*)$/,
    '$1---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.name }}\n',
  );
  assert.match(
    await planned(bare),
    /^blocked: ConfigMap.*: This is a template; what it becomes is not known here\. Render it first\. \(kustomization\.yaml:1\)$/m,
  );
});

test('what cannot be rendered blocks, with the words of the program; what is not saved, too', async () => {
  const renderers = () => ({
    kustomize: async () => failed('invalid', 'kustomize says: no such file.'),
    helm: async () => failed('notFound', 'helm is not installed here.'),
    patch: async () => failed('notFound', 'kustomize is not installed here.'),
  });
  assert.equal(
    await planned(overlay, undefined, { renderers }),
    'nothing to deploy\nblocked: w/overlays/one cannot be rendered. kustomize says: no such file. (kustomization.yaml:1)\n',
  );
  assert.equal(
    await planned(chart, undefined, { renderers }),
    'nothing to deploy\nblocked: w/chart/values.yaml cannot be rendered. helm is not installed here. (values.yaml:1)\n',
  );
  assert.equal(
    await planned(overlay, undefined, { isUnsaved: (file) => file.endsWith('colour.yaml') }),
    'nothing to deploy\nblocked: colour.yaml is not saved, and w/overlays/one is rendered from the disk. Save it first. (colour.yaml:1)\n',
  );
});

const drawn = `=== w/chart/Chart.yaml
apiVersion: v2
name: web
version: 1.0.0
=== w/chart/values.yaml
colour: red
=== w/chart/templates/all.yaml
apiVersion: v1
kind: Secret
metadata:
  name: web
stringData:
  password: {{ randAlphaNum 8 }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  colour: {{ .Values.colour }}
---
apiVersion: v1
kind: Pod
metadata:
  name: try
  annotations: {helm.sh/hook: test}
=== rendered w/chart web w/chart/values.yaml #1
---
# Source: web/templates/all.yaml
apiVersion: v1
kind: Secret
metadata:
  name: web
stringData:
  password: first
---
# Source: web/templates/all.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  colour: red
---
# Source: web/templates/all.yaml
apiVersion: v1
kind: Pod
metadata:
  name: try
  annotations: {helm.sh/hook: test}
`;

/** The same once more, with another password. */
const chart = drawn + drawn.slice(drawn.indexOf('=== rendered')).replace('#1', '#2').replace('first', 'second');

test('a name that is drawn at random is told of: nobody would take the earlier object away', async () => {
  const named = chart.replace(/(#2[\s\S]*kind: ConfigMap\nmetadata:\n {2}name: )web/, '$1web-x');
  assert.match(
    await planned(named),
    /^warning: ConfigMap web: chart chart draws the name at random, so each deploy makes another one and leaves this one behind\. \(all\.yaml\)$/m,
  );
});

const mine = { namespace: 'shop', managedFields: [{ manager: 'hybrid-clusters' }] };
const leftOut = 'information: Left out, since it is a hook for other occasions: Pod try (test). (values.yaml)\n';

test('what a chart draws at random goes out once and is kept from then on; tests of a chart are left out', async () => {
  const cluster = new FakeCluster();
  assert.equal(
    await planned(chart, cluster),
    `2 create\n  create v1/Secret shop/web\n  create v1/ConfigMap shop/web\n${leftOut}`,
  );
  cluster.put({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'web', ...mine },
    data: { password: Buffer.from('live').toString('base64') },
    stringData: { password: 'live' },
  });
  const plan = await planOf(await gathered(chart), cluster);
  assert.equal(
    printPlan(plan).replace(/^.*\n/, ''),
    `1 create · 1 unchanged
  create v1/ConfigMap shop/web
  unchanged v1/Secret shop/web
${leftOut}information: Secret web: chart chart draws stringData.password at random; the live value is kept. (all.yaml)
`,
  );
  const secret = plan.steps.find(({ ref }) => ref.kind === 'Secret');
  assert.deepEqual(secret?.object['stringData'], { password: 'live' });
});

test('unknown fields in a chart are warnings of the server, in own manifests they are refused', async () => {
  const cluster = new FakeCluster();
  const lenient = new Map<string, boolean | undefined>();
  cluster.refuse = (object, options) => {
    lenient.set(`${options.dryRun ? 'dry ' : ''}${object.kind}`, options.lenient);
    return undefined;
  };
  const own =
    '=== w/own.yaml\n{apiVersion: v1, kind: Service, metadata: {name: own}, spec: {type: ExternalName, externalName: example.dev}}\n';
  const read = await gathered(chart + own);
  await startRun(await planOf(read, cluster), { cluster, written: read.written }, { stabilityMs: 0, timeoutMs: 1_000 }).done;
  assert.deepEqual([...lenient].sort(), [
    ['ConfigMap', true],
    ['Secret', true],
    ['Service', false],
    ['dry ConfigMap', true],
    ['dry Secret', true],
    ['dry Service', false],
  ]);
});

test('a field of a chart that the schema of the server does not declare is left out and told; all else that is wrong with a type blocks', async () => {
  const cluster = new FakeCluster();
  const refusing = (why: string) => {
    cluster.refuse = ({ kind, data }) =>
      kind === 'ConfigMap' && JSON.stringify(data).includes('colour')
        ? {
            reason: 'invalid',
            status: 500,
            message: 'refused',
            detail: { kind: 'Status', message: `failed to create typed patch object (shop/web; /v1, Kind=ConfigMap): ${why}` },
          }
        : undefined;
  };
  refusing('.data.colour: field not declared in schema');
  const read = await gathered(chart);
  const plan = await planOf(read, cluster);
  const step = plan.steps.find(({ ref }) => ref.kind === 'ConfigMap');
  assert.deepEqual(
    [step?.action, step?.object['data'], step?.warnings],
    ['create', {}, ['unknown field "data.colour", left out']],
  );
  assert.deepEqual(plan.blockers, []);
  const run = startRun(plan, { cluster, written: read.written }, { stabilityMs: 0, timeoutMs: 1_000 });
  assert.equal((await run.done).outcome, 'succeeded', printRun(run));
  refusing('errors:\n  .data.colour: field not declared in schema\n  .data: expected map, got string');
  const blocked = await planOf(read, cluster);
  assert.match(blocked.blockers[0]?.message ?? '', /data\.colour: no such field; data: expected map, got string/);
});

test("a release that Helm owns is shown as Helm's and nothing of it is sent", async () => {
  const cluster = new FakeCluster();
  const helms = {
    labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' },
    managedFields: [{ manager: 'helm' }],
  };
  cluster.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'web', namespace: 'shop', ...helms },
    data: { colour: 'green' },
  });
  const read = await gathered(chart);
  const plan = await planOf(read, cluster);
  assert.equal(
    printPlan(plan).replace(/^.*\n/, ''),
    `2 skip
  skip v1/Secret shop/web (Helm's: release web; helm upgrade web makes it)
  skip v1/ConfigMap shop/web (Helm's: release web; helm upgrade web would change data.colour green → red)
${leftOut}`,
  );
  cluster.requests.length = 0;
  const run = startRun(plan, { cluster, written: read.written }, { stabilityMs: 0 });
  await run.done;
  assert.deepEqual(cluster.requests, []);
  assert.equal(run.summary?.outcome, 'unchanged', printRun(run));
});

test('a chart with several values files waits until it is said which count', async () => {
  const more =
    '=== w/chart/values-prod.yaml\ncolour: blue\n=== rendered w/chart web w/chart/values-prod.yaml\n{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {colour: blue}}\n';
  assert.equal(
    await planned(chart + more),
    'nothing to deploy\nblocked: The chart has values-prod.yaml beside its own values: name those that are meant (--values FILE, or values of a target; values.yaml for its own alone). (Chart.yaml:1)\n',
  );
  assert.equal(
    await planned(chart + more, undefined, { values: ['w/chart/values-prod.yaml'] }),
    '1 create\n  create v1/ConfigMap shop/web\n',
  );
});

const mark = (value: string) => `ENC[AES256_GCM,data:${Buffer.from(value).toString('base64')},iv:${value.length},tag:x,type:str]`;
const encrypted = (kind: string, part: string) => `apiVersion: v1
kind: ${kind}
metadata:
  name: keys
${part}:
  token: ${mark('canary-1')}
  user: ${mark('canary-2')}
sops:
  mac: ${mark('mac')}
  version: 3.9.0
`;
/** As sops does: its own part is gone, values are in the place of their marks. */
const decrypt =
  (texts: Readonly<Record<string, string>>): Decrypt =>
  async (file) => {
    const text = texts[file];
    if (text === undefined) return failed('invalid', 'sops says: no key.');
    return success(
      text
        .replace(/sops:[\s\S]*$/, '')
        .replaceAll(/ENC\[AES256_GCM,data:([^,]+),[^\]]*\]/g, (_, data) => Buffer.from(data, 'base64').toString()),
    );
  };

test('a Secret that SOPS encrypted is decrypted in memory; its values are in no text that is shown', async () => {
  const secret = encrypted('Secret', 'stringData');
  const read = await gathered(`=== w/keys.yaml\n${secret}`, { decrypt: decrypt({ 'w/keys.yaml': secret }) });
  const cluster = new FakeCluster();
  const plan = await planOf(read, cluster);
  assert.equal(printPlan(plan).replace(/^.*\n/, ''), '1 create\n  create v1/Secret shop/keys\n');
  assert.deepEqual(plan.steps[0]?.object, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'keys', namespace: 'shop' },
    stringData: { token: 'canary-1', user: 'canary-2' },
  } satisfies KubeObject);
  assert.equal(read.written[0]?.placeOf(['stringData', 'token']).line, 6);
  const run = startRun(plan, { cluster, written: read.written }, { stabilityMs: 0 });
  await run.done;
  const { object: _, ...shown } = plan.steps[0] ?? {};
  const told = [
    printPlan(plan),
    printRun(run),
    JSON.stringify([shown, run.events, run.summary, plan.findings, read.findings, [...read.texts]]),
  ];
  assert.doesNotMatch(told.join('\n'), /canary/);
});

test('of a file with an encrypted manifest and a template the template still blocks', async () => {
  const secret = encrypted('Secret', 'stringData');
  const both = `${secret}---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ name }}\n`;
  assert.equal(
    await planned(`=== w/keys.yaml\n${both}`, undefined, { decrypt: decrypt({ 'w/keys.yaml': both }) }),
    '1 create\n  create v1/Secret shop/keys\nblocked: This is a template; what it becomes is not known here. Render it first and deploy the result. (keys.yaml:15)\n',
  );
});

test('without sops, or its key, the deploy is refused with that reason', async () => {
  const file = `=== w/keys.yaml\n${encrypted('Secret', 'stringData')}`;
  assert.equal(
    await planned(file),
    'nothing to deploy\nblocked: keys.yaml is encrypted with SOPS, and sops is not installed here. Install sops and its key, and deploy again. (keys.yaml:1)\n',
  );
  assert.equal(
    await planned(file, undefined, { decrypt: decrypt({}) }),
    'nothing to deploy\nblocked: keys.yaml is encrypted with SOPS and could not be decrypted: sops says: no key. (keys.yaml:1)\n',
  );
});

test('a decrypted value in what is no Secret would be shown, so it is refused', async () => {
  const map = encrypted('ConfigMap', 'data');
  assert.match(
    await planned(`=== w/keys.yaml\n${map}`, undefined, { decrypt: decrypt({ 'w/keys.yaml': map }) }),
    /^blocked: ConfigMap keys has an encrypted value in data\.token, where plans and readers of the object would see it\. Put it into a Secret\. \(keys\.yaml:6\)\n$/m,
  );
});

test('an overlay of an encrypted Secret is decrypted after it was rendered', async () => {
  const secret = encrypted('Secret', 'stringData');
  const text = `=== w/kustomization.yaml
resources: [keys.yaml]
namePrefix: one-
=== w/keys.yaml
${secret}=== rendered w
${secret.replace('name: keys', 'name: one-keys')}`;
  const read = await gathered(text, { decrypt: decrypt({ 'w/keys.yaml': secret }) });
  assert.deepEqual(
    read.written.map(({ object }) => object),
    [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'one-keys' }, stringData: { token: 'canary-1', user: 'canary-2' } }],
  );
  assert.match(await planned(text), /blocked: keys\.yaml is encrypted with SOPS, and sops is not installed here\./);
});

test('encrypted values of a chart reach Helm in memory, merged with the others', async () => {
  const values = `colour: blue\ndb:\n  password: ${mark('canary-3')}\nsops:\n  mac: ${mark('mac')}\n`;
  const text = `${chart}=== w/secret.yaml\n${values}=== w/more.yaml\ndb: {host: a, list: [1]}\n`;
  let handed: string | undefined;
  const renderers = ({ valuesText, namespace }: Release) => ({
    kustomize: async () => failed('notFound', 'kustomize is not installed here.'),
    patch: async () => failed('notFound', 'kustomize is not installed here.'),
    helm: async (_folder: string, _name: string, named: readonly string[]) => {
      const merged = await valuesText(named);
      handed = merged.ok ? merged.value : merged.failure.message;
      const password = (JSON.parse(handed ?? '{}') as { db: { password: string } }).db.password;
      return success(
        `{apiVersion: v1, kind: Secret, metadata: {name: web, namespace: ${namespace}}, stringData: {a: "${password}"}}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {url: "x://${password}@y"}}\n`,
      );
    },
  });
  const more = {
    roots: ['w/chart'],
    values: ['w/more.yaml', 'w/secret.yaml'],
    renderers,
    decrypt: decrypt({ 'w/secret.yaml': values }),
  };
  const told = await planned(text, undefined, more);
  assert.equal(handed, '{"db":{"host":"a","list":[1],"password":"canary-3"},"colour":"blue"}');
  assert.match(
    told,
    /blocked: ConfigMap web has an encrypted value in data\.url, where plans and readers of the object would see it\. Put it into a Secret\./,
  );
  assert.doesNotMatch(told, /canary/);
});

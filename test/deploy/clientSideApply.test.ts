import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { type Failure, failed, type Result } from '../../src/base/failure.ts';
import { fieldsAt } from '../../src/base/fields.ts';
import { onceOurs, withoutDropped } from '../../src/deploy/plan/clientSideApply.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import { printRun, startRun } from '../../src/deploy/run/run.ts';
import type { KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { fakeTarget as target } from '../support/fakeTarget.ts';
import { writtenFrom } from '../support/written.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A live object: as it is written, what kubectl was told last, and who holds what (`manager operation: FieldsV1`). */
function live(text: string, lastApplied: string | undefined, ...holders: readonly string[]): KubeObject {
  const object = parse(text) as KubeObject;
  const managedFields = holders.map((holder) => {
    const [, manager, operation, subresource, fields = ''] = /^(\S+) (\w+)(?:\/(\w+))?: (.*)$/s.exec(holder) ?? [];
    const part = subresource === undefined ? {} : { subresource };
    return {
      manager,
      operation,
      apiVersion: object.apiVersion,
      fieldsType: 'FieldsV1',
      ...part,
      fieldsV1: parse(fields) as object,
    };
  });
  const told = lastApplied === undefined ? {} : { annotations: { [LAST_APPLIED]: JSON.stringify(parse(lastApplied)) } };
  return { ...object, metadata: { namespace: 'shop', ...object.metadata, ...told, managedFields } };
}

/** What becomes of the managers, one a line, then what is left of the object once what only we hold and do not send is gone. */
function outcome(object: KubeObject, sent: string, ...left: Parameters<typeof onceOurs>[2] & object): string {
  const ours = onceOurs(object, parse(sent) as KubeObject, left);
  if (!ours) return 'nothing is ours';
  const lines = ours.managedFields.map((entry) => {
    const { manager, operation, fieldsV1 } = entry as { manager: string; operation: string; fieldsV1: object };
    return `${manager} ${operation}: ${JSON.stringify(fieldsV1).replaceAll('"', '').replaceAll(LAST_APPLIED, 'last-applied')}`;
  });
  const { metadata: _, ...rest } = withoutDropped(object, ours.dropped);
  return [`${ours.fields} from ${ours.words}`, ...lines, JSON.stringify(rest).replaceAll('"', '')].join('\n');
}

const settings = (data: string) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: ${data}}`;
const OF_KUBECTL = `kubectl-client-side-apply Update: {f:metadata: {f:annotations: {.: {}, "f:${LAST_APPLIED}": {}}}, f:data: {.: {}, "f:a": {}, "f:b": {}}}`;

test('what kubectl apply was told is ours, with the annotation that says so; what is no longer written goes', () => {
  assert.equal(
    outcome(live(settings('{a: "1", b: "2"}'), settings('{a: "1", b: "2"}'), OF_KUBECTL), settings('{a: "1"}')),
    `2 from kubectl apply
hybrid-clusters Apply: {f:data:{.:{},f:a:{},f:b:{}},f:metadata:{f:annotations:{f:last-applied:{}}}}
{apiVersion:v1,kind:ConfigMap,data:{a:1}}`,
  );
});

test("what kubectl was never told (a default of the server) becomes nobody's, and stays", () => {
  assert.equal(
    outcome(live(settings('{a: "1", b: "2"}'), settings('{a: "1"}'), OF_KUBECTL), settings('{a: "1"}')),
    `1 from kubectl apply
hybrid-clusters Apply: {f:data:{.:{},f:a:{}},f:metadata:{f:annotations:{f:last-applied:{}}}}
{apiVersion:v1,kind:ConfigMap,data:{a:1,b:2}}`,
  );
  assert.equal(
    outcome(live(settings('{a: "1", b: "2"}'), undefined, OF_KUBECTL), settings('{a: "3"}')),
    `0 from kubectl apply
hybrid-clusters Apply: {f:metadata:{f:annotations:{f:last-applied:{}}}}
{apiVersion:v1,kind:ConfigMap,data:{a:1,b:2}}`,
  );
});

test('of what was edited, or there before owners were noted, that is ours which kubectl apply was told; the rest stays theirs', () => {
  const object = live(
    settings('{a: "1", b: "2", c: "3"}'),
    settings('{a: "0", b: "2"}'),
    'kubectl-edit Update: {f:data: {"f:a": {}, "f:c": {}}}',
    'before-first-apply Update: {f:data: {.: {}, "f:b": {}}}',
  );
  assert.equal(
    outcome(object, settings('{a: "1"}')),
    `2 from kubectl edit, kubectl apply before owners were noted
kubectl-edit Update: {f:data:{f:c:{}}}
hybrid-clusters Apply: {f:data:{f:a:{},.:{},f:b:{}}}
{apiVersion:v1,kind:ConfigMap,data:{a:1,c:3}}`,
  );
});

test('autoscalers, controllers, engines and statuses are left alone, and so is what they hold with kubectl', () => {
  for (const holder of [
    'kube-controller-manager Update: {f:data: {"f:a": {}}}',
    'vpa-updater Update: {f:data: {"f:a": {}}}',
    'kustomize-controller Apply: {f:data: {"f:a": {}}}',
    'argocd-controller Update: {f:data: {"f:a": {}}}',
    'kubectl-client-side-apply Apply: {f:data: {"f:a": {}}}',
    'kubectl-client-side-apply Update/status: {f:data: {"f:a": {}}}',
    'kubectl-edit Update: {f:data: {"f:z": {}}}',
  ])
    assert.equal(
      outcome(live(settings('{a: "1", z: "1"}'), settings('{a: "1"}'), holder), settings('{a: "2"}')),
      'nothing is ours',
      holder,
    );
  const shared = live(
    settings('{a: "1", b: "2"}'),
    settings('{a: "1", b: "2"}'),
    OF_KUBECTL,
    'operator Update: {f:data: {"f:b": {}}}',
  );
  assert.match(outcome(shared, settings('{a: "1"}')), /\{apiVersion:v1,kind:ConfigMap,data:\{a:1,b:2\}\}$/);
});

test('items of lists are told by their keys, and what is left out stays with kubectl', () => {
  const web = (containers: string) =>
    `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 3, template: {spec: {containers: ${containers}}}}}`;
  const item = `k:{"name":"web"}`;
  const port = `k:{"containerPort":80,"protocol":"TCP"}`;
  const held = JSON.stringify({
    'f:spec': {
      'f:replicas': {},
      'f:template': {
        'f:spec': {
          'f:containers': {
            [item]: {
              '.': {},
              'f:name': {},
              'f:image': {},
              'f:ports': { '.': {}, [port]: { '.': {}, 'f:containerPort': {}, 'f:protocol': {} } },
            },
            'k:{"name":"side"}': { '.': {}, 'f:name': {} },
          },
        },
      },
    },
  });
  const object = live(
    web('[{name: web, image: a, ports: [{containerPort: 80, protocol: TCP}]}, {name: side}]'),
    web('[{name: web, image: a, ports: [{containerPort: 80}]}, {name: side}]'),
    `kubectl-client-side-apply Update: ${held}`,
  );
  assert.equal(
    outcome(object, web('[{name: web, image: b}]').replace('replicas: 3, ', ''), ['spec', 'replicas']).replace(/\nhybrid.*/, ''),
    `4 from kubectl apply
kubectl-client-side-apply Update: {f:spec:{f:replicas:{}}}
{apiVersion:apps/v1,kind:Deployment,spec:{replicas:3,template:{spec:{containers:[{name:web,image:a}]}}}}`,
  );
});

test('texts of a Secret are held as its data', () => {
  const object = live(
    '{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {p: cA==, q: cQ==}}',
    '{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {p: p, q: q}}',
    'kubectl-client-side-apply Update: {f:data: {.: {}, "f:p": {}, "f:q": {}}}',
  );
  assert.match(outcome(object, '{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {p: cA==}}'), /data:\{p:cA==\}\}$/);
});

/** Keeps who holds what, as a patch says it; refuses an apply beside `others`, whatever it is about, unless it is forced. */
class OwnedCluster extends FakeCluster {
  collisions = 0;

  constructor(object: KubeObject, ...others: readonly string[]) {
    super();
    this.put(object);
    this.refuse = (_, { force }) => (force ? undefined : this.#conflict(object, others));
  }

  managers = async (): Promise<readonly string[]> => {
    const found = await this.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' });
    assert.ok(found.ok);
    return (found.value.metadata['managedFields'] as { manager: string }[]).map(({ manager }) => manager);
  };

  #noted: readonly string[] | undefined;

  #conflict(object: KubeObject, others: readonly string[]): Failure | undefined {
    const noted = this.#noted ?? (object.metadata['managedFields'] as { manager: string }[]).map(({ manager }) => manager);
    const causes = others
      .filter((other) => noted.includes(other))
      .map((other) => ({ reason: 'FieldManagerConflict', field: '.data.a', message: `conflict with "${other}" using v1` }));
    if (causes.length === 0) return undefined;
    return { reason: 'conflict', status: 409, message: 'conflict', detail: { message: 'Apply failed', details: { causes } } };
  }

  override async patch(ref: ObjectRef, patch: unknown): Promise<Result<void>> {
    const { managedFields, resourceVersion } = fieldsAt(patch, 'metadata');
    const found = await this.get(ref);
    assert.ok(found.ok);
    this.requests.push(`patch managers of ${ref.name}`);
    if (this.collisions-- > 0) this.put(found.value);
    const now = await this.get(ref);
    assert.ok(now.ok);
    if (now.value.metadata.resourceVersion !== resourceVersion)
      return failed('conflict', 'the object has been modified', { status: 409 });
    this.put({ ...now.value, metadata: { ...now.value.metadata, managedFields } });
    this.#noted = (managedFields as { manager: string }[]).map(({ manager }) => manager);
    return { ok: true, value: undefined };
  }
}

async function planOf(cluster: FakeCluster, text: string) {
  const written = writtenFrom(text);
  const made = await makePlan({ target, written, findings: [] }, cluster);
  assert.ok(made.ok);
  cluster.requests.length = 0;
  return { plan: made.value, text: printPlan(made.value).split('\n').slice(2).join('\n'), written };
}

const applied = () => live(settings('{a: "1", b: "2"}'), settings('{a: "1", b: "2"}'), OF_KUBECTL);

test('a conflict with kubectl apply is none: the plan says what is taken over and what goes, and the run does it', async () => {
  const cluster = new OwnedCluster(applied(), 'kubectl-client-side-apply');
  cluster.collisions = 4;
  const { plan, text, written } = await planOf(cluster, settings('{a: "3"}'));
  assert.equal(text, `  configure v1/ConfigMap shop/a (data.a 1 → 3, −data.b)\n    takes over 2 fields, set by kubectl apply\n`);
  const run = startRun(plan, { cluster, written }, { stabilityMs: 0 });
  await run.done;
  assert.deepEqual(cluster.requests, [...Array.from({ length: 5 }, () => 'patch managers of a'), 'apply v1/ConfigMap shop/a']);
  assert.match(printRun(run), /v1\/ConfigMap shop\/a: ready/);
  assert.deepEqual(await cluster.managers(), ['hybrid-clusters']);
});

test('after five meetings with others it is told, and nothing was applied', async () => {
  const cluster = new OwnedCluster(applied(), 'kubectl-client-side-apply');
  const { plan, written } = await planOf(cluster, settings('{a: "3"}'));
  cluster.collisions = 99;
  const run = startRun(plan, { cluster, written }, { stabilityMs: 0, retryMs: 1 });
  await run.done;
  assert.match(printRun(run), /v1\/ConfigMap shop\/a: failed/);
  assert.ok(!cluster.requests.some((request) => request.startsWith('apply')));
});

test('a conflict with somebody else stays one, and does not name what is ours', async () => {
  const cluster = new OwnedCluster(
    live(settings('{a: "1", b: "2"}'), settings('{a: "1", b: "2"}'), OF_KUBECTL, 'operator Update: {f:data: {"f:a": {}}}'),
    'kubectl-client-side-apply',
    'operator',
  );
  const { text } = await planOf(cluster, settings('{a: "3"}'));
  assert.equal(
    text,
    `  conflict v1/ConfigMap shop/a (data.a belongs to operator)
    data.a: ours 3, live 1 by operator
blocked: ConfigMap a has another owner: data.a belongs to operator. Take the field out of the manifest, or agree with its owner. (test.yaml:1)
`,
  );
});

test('what is as it is written is not sent for the sake of who is noted', async () => {
  const { text } = await planOf(new OwnedCluster(applied()), settings('{a: "1", b: "2"}'));
  assert.equal(text, '  unchanged v1/ConfigMap shop/a\n');
});

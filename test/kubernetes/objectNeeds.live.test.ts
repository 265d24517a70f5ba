/** What the table says an action needs, against the sandbox's API server: a user who has just that may do it, and one who lacks any of it may not. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { createHttp } from '../../src/base/http.ts';
import { type Access, resourceName } from '../../src/kubernetes/accessRules.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { controllerRows } from '../../src/kubernetes/controllerActions.ts';
import { type ObjectWord, objectActions, objectWords } from '../../src/kubernetes/objectActions.ts';
import { type NeedyWord, requiredFor } from '../../src/kubernetes/objectNeeds.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { podPath } from '../../src/kubernetes/podExec.ts';
import { sendAction } from '../../src/kubernetes/sendChange.ts';
import { createToken } from '../../src/kubernetes/serviceAccountToken.ts';
import { eventually } from '../support/printTree.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

const space = `needs-${process.pid}`;
const OBJECTS: readonly KubeObject[] = parse(`
- {apiVersion: v1, kind: Namespace, metadata: {name: ${space}}}
- {apiVersion: v1, kind: Node, metadata: {name: ${space}}}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: ${space}}
  spec: {replicas: 0, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: nginx}]}}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: one, namespace: ${space}}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: other, namespace: ${space}}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: ci, namespace: ${space}}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: ${space}}}
- apiVersion: batch/v1
  kind: CronJob
  metadata: {name: nightly, namespace: ${space}}
  spec: {schedule: "0 3 1 1 *", suspend: true, jobTemplate: {spec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox}]}}}}}
- apiVersion: batch/v1
  kind: Job
  metadata: {name: once, namespace: ${space}}
  spec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox}]}}}
- {apiVersion: v1, kind: Pod, metadata: {name: alone, namespace: ${space}}, spec: {nodeSelector: {none: here}, containers: [{name: main, image: busybox}]}}
- apiVersion: certificates.k8s.io/v1
  kind: CertificateSigningRequest
  metadata: {name: ${space}}
  spec: {signerName: example.com/nobody, usages: [client auth], request: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlHTk1FRUNBUUF3RGpFTU1Bb0dBMVVFQXd3RGQyVmlNQ293QlFZREsyVndBeUVBekxET1M4eThNb3JPRDVobwpuejZld29rZVV5QW1YUjRTb3VNZ1JOazlFV1dnQURBRkJnTXJaWEFEUVFEOWxnbzF3USs5UWZKNU15YkphcXFqCkRjbkhYOUlmUXJXVlZDY1lvVXJqcUlsWlhmVlNJeDZPZUJWWDdtdnN2NG1pekZRUUhxeHRrU3dSZWF1ZHJUSUcKLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==}
`);

/** word, kind and name of what it is done to, what is answered. What only one kind of object has (a claim that can grow) is left to the tables of Kubernetes. */
const ACTIONS = `
cordon         Node ${space}
uncordon       Node ${space}
taint          Node ${space}          a=b:NoSchedule
scale          Deployment web         0
restart        Deployment web
pauseRollout   Deployment web
resumeRollout  Deployment web
setImage       Deployment web         web nginx:2
suspendJobs    CronJob nightly
resumeJobs     CronJob nightly
runNow         CronJob nightly
rerun          Job once
label          ConfigMap one          tier=front
annotate       ConfigMap one          owner=Ada
approve        CertificateSigningRequest ${space}
copyToken      ServiceAccount ci
logs           Pod alone
enter          Pod alone
attach         Pod alone
forward        Pod alone
deleteObjectAs ConfigMap other        Kept
deleteObject   ConfigMap one
`;

interface Line {
  readonly word: NeedyWord;
  readonly ref: ObjectRef;
  readonly answers: readonly string[];
}

function lines(): readonly Line[] {
  return ACTIONS.trim()
    .split('\n')
    .map((line) => {
      const [word = '', kind, name, ...answers] = line.split(/\s+/);
      const object = OBJECTS.find((one) => one.kind === kind && one.metadata.name === name) ?? assert.fail(line);
      return { word: word as NeedyWord, ref: refOf(object), answers };
    });
}

function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** Does it as the commands do; what the commands read first is read. */
async function attempt(cluster: Cluster, { word, ref, answers }: Line): Promise<string> {
  const pod = { namespace: ref.namespace ?? '', pod: ref.name };
  const socket = (subresource: string, protocol: string) => cluster.socket(podPath(pod, subresource), [protocol]);
  const others: Partial<Readonly<Record<NeedyWord, () => Promise<{ readonly ok: boolean }>>>> = {
    copyToken: () => createToken(cluster, ref, 600),
    logs: () => cluster.raw(podPath(pod, 'log')),
    enter: () => socket('exec?command=true&stdout=true', 'v5.channel.k8s.io'),
    attach: () => socket('attach?stdout=true', 'v5.channel.k8s.io'),
    forward: () => socket('portforward?ports=80', 'v4.channel.k8s.io'),
  };
  const action = objectActions[word as ObjectWord];
  const read = action && 'asks' in action ? await cluster.get(ref) : { ok: true as const };
  const done = await (others[word]?.() ?? (read.ok ? sendAction(cluster, ref, action, answers) : read));
  if (done.ok) return 'done';
  const { failure } = done as Extract<Awaited<ReturnType<Cluster['get']>>, { ok: false }>;
  // Without a node there is nothing to talk to; that is found out after it is allowed.
  if (failure.reason === 'forbidden') return 'forbidden';
  return ['logs', 'enter', 'attach', 'forward'].includes(word) ? 'done' : failure.message;
}

/** A role of the cluster with just these rights, and its user. */
function roleOf(user: string, accesses: readonly Access[]): readonly KubeObject[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const rules = accesses.map((access) => ({
    verbs: [access.verb],
    apiGroups: [access.group],
    resources: [resourceName({ ...access, group: '' })],
  }));
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: user };
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }];
  const metadata = { name: user, labels: { needs: space } };
  return [
    { apiVersion, kind: 'ClusterRole', metadata, rules },
    { apiVersion, kind: 'ClusterRoleBinding', metadata, roleRef, subjects },
  ];
}

/** A kubeconfig with a context for each user, named so. */
async function kubeconfigOf({ kubernetes }: SandboxEnvironment, users: readonly string[]): Promise<string> {
  const config = parse(await readFile(kubernetes.kubeconfigs.admin, 'utf8'));
  const [{ context }] = config.contexts;
  const [{ user }] = config.users;
  return stringify({
    ...config,
    users: [...config.users, ...users.map((name) => ({ name, user: { ...user, as: name } }))],
    contexts: [...config.contexts, ...users.map((name) => ({ name, context: { ...context, user: name } }))],
  });
}

sandboxTest('who has what an action needs may do it, who lacks a part of it may not', async (sandbox) => {
  const folder = await mkdtemp(join(tmpdir(), 'needs-'));
  const http = createHttp();
  const all = lines();
  const user = ({ word }: Line, lacks: number | 'nothing') => `${space}-${word}-lacks-${lacks}`.toLowerCase();
  const file = join(folder, 'kubeconfig');
  const most = 4;
  const names = all.flatMap((line) =>
    ['nothing' as const, ...Array.from({ length: most }, (_, at) => at)].map((at) => user(line, at)),
  );
  await writeFile(file, await kubeconfigOf(sandbox, names));
  const contexts = openContexts({ http, env: { KUBECONFIG: file }, mayRun: async () => false });
  const cluster = async (context: string) => {
    const opened = await contexts.open(context);
    assert.ok(opened.ok, JSON.stringify(opened));
    return opened.value;
  };
  const admin = await cluster('sandbox-admin');
  assert.ok((await admin.connect()).ok);
  const made: KubeObject[] = [];
  const make = async (object: KubeObject) => {
    const applied = await admin.apply(object);
    assert.ok(applied.ok, JSON.stringify(applied));
    if (object.metadata.namespace === undefined) made.push(object);
  };
  try {
    for (const object of OBJECTS) await make(object);
    const variants: { readonly line: Line; readonly lacks: number | 'nothing' }[] = [];
    for (const line of all) {
      const kind = await admin.kind(line.ref.apiVersion, line.ref.kind);
      assert.ok(kind.ok);
      const needs = requiredFor(line.word, kind.value, admin.version).map(({ access }) => access);
      assert.ok(needs.length <= most);
      for (const [at] of needs.entries()) variants.push({ line, lacks: at });
      variants.push({ line, lacks: 'nothing' });
      for (const lacks of [...needs.keys(), 'nothing' as const])
        for (const object of roleOf(
          user(line, lacks),
          needs.filter((_, at) => at !== lacks),
        ))
          await make(object);
    }
    const results = new Map<string, string>();
    for (const { line, lacks } of variants) {
      const name = user(line, lacks);
      // The authoriser hears of a role a moment after it was made.
      const wanted = lacks === 'nothing' ? 'done' : 'forbidden';
      const now = await cluster(name);
      results.set(
        `${line.word} lacks ${lacks}`,
        await eventually(
          () => attempt(now, line),
          (result) => result === wanted,
        ),
      );
    }
    const wrong = [...results].filter(([name, result]) => result !== (name.endsWith('nothing') ? 'done' : 'forbidden'));
    assert.deepEqual(wrong, []);
    const left = objectWords.filter((word) => !all.some((line) => line.word === word));
    assert.deepEqual(left, ['setBounds', 'expandClaim', 'deny', ...Object.keys(controllerRows)]);
  } finally {
    for (const object of made.reverse()) await admin.delete(refOf(object));
    contexts.dispose();
    http.dispose();
    await rm(folder, { recursive: true });
  }
});

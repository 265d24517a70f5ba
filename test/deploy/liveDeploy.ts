import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createHttp } from '../../src/base/pool.ts';
import type { Written } from '../../src/deploy/files/written.ts';
import { makePlan, type PlanRequest } from '../../src/deploy/plan/plan.ts';
import { type Run, startRun } from '../../src/deploy/run/run.ts';
import { readTarget } from '../../src/deploy/target.ts';
import type { Plan, Target } from '../../src/deploy/types.ts';
import type { Cluster } from '../../src/kubernetes/cluster.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import type { Project } from '../../src/openstack/project.ts';
import type { SandboxEnvironment } from '../support/sandbox.ts';
import { writtenFrom } from '../support/written.ts';

const run = promisify(execFile);

/** A namespace of the running sandbox for one test, and the engine against it as one user. */
export interface LiveDeploy {
  readonly cluster: Cluster;
  readonly namespace: string;
  kubectl(...args: string[]): Promise<string>;
  plan(yaml: string, more?: Partial<PlanRequest>): Promise<{ readonly plan: Plan; readonly written: readonly Written[] }>;
  start(yaml: string, project?: Project, more?: Partial<PlanRequest>): Promise<Run>;
  /** Who is deployed to. */
  target(): Promise<Target>;
  /** Writes that the API server has seen in the namespace since this deploy began, dry runs apart: `patch deployments`. */
  writes(): Promise<readonly string[]>;
}

/** Runs a test in a namespace of its own, which is deleted afterwards. `NS` in a manifest stands for its name. */
export async function inNamespace(
  sandbox: SandboxEnvironment,
  body: (live: LiveDeploy) => Promise<void>,
  user: 'admin' | 'alice' = 'admin',
): Promise<void> {
  const { kubectl: program, kubeconfig, kubeconfigs, auditLog } = sandbox.kubernetes;
  const http = createHttp();
  const contexts = openContexts({ http, env: { KUBECONFIG: kubeconfigs[user] }, mayRun: async () => false });
  const { contexts: listed } = await contexts.list();
  const opened = await contexts.open(listed[0]?.name ?? '');
  assert.ok(opened.ok);
  const cluster = opened.value;
  const namespace = `deploy-test-${randomBytes(3).toString('hex')}`;
  const kubectl = async (...args: string[]) => (await run(program, ['--kubeconfig', kubeconfig, ...args])).stdout;
  await kubectl('create', 'namespace', namespace);
  const began = new Date().toISOString();
  const target = async () => {
    const read = await readTarget(cluster, { namespace });
    assert.ok(read.ok);
    return read.value;
  };
  const plan = async (yaml: string, more: Partial<PlanRequest> = {}) => {
    const written = writtenFrom(yaml.replaceAll('NS', namespace), 'test.yaml');
    const made = await makePlan({ target: await target(), written, findings: [], ...more }, cluster);
    assert.ok(made.ok);
    return { plan: made.value, written };
  };
  const start = async (yaml: string, project?: Project, more: Partial<PlanRequest> = {}) => {
    const made = await plan(yaml, more);
    assert.deepEqual(made.plan.blockers, []);
    return startRun(
      made.plan,
      { cluster, written: made.written, ...(project ? { project } : {}) },
      { stabilityMs: 300, timeoutMs: 60_000 },
    );
  };
  try {
    await body({ cluster, namespace, kubectl, plan, start, target, writes: () => writesIn(auditLog, namespace, began) });
  } finally {
    await kubectl('delete', 'namespace', namespace, '--wait=false');
    contexts.dispose();
    http.dispose();
  }
}

async function writesIn(auditLog: string, namespace: string, began: string): Promise<readonly string[]> {
  const lines = (await readFile(auditLog, 'utf8'))
    .split('\n')
    .filter((line) => line.includes(namespace) && line.includes('"stage":"ResponseComplete"'));
  return lines
    .map(
      (line) =>
        JSON.parse(line) as {
          verb: string;
          requestURI: string;
          userAgent?: string;
          requestReceivedTimestamp: string;
          objectRef?: { resource: string };
        },
    )
    .filter(
      ({ verb, requestURI, requestReceivedTimestamp }) =>
        requestReceivedTimestamp >= began &&
        ['create', 'update', 'patch', 'delete'].includes(verb) &&
        requestURI.includes('fieldManager=hybrid-clusters'),
    )
    .filter(({ requestURI }) => !requestURI.includes('dryRun=All'))
    .map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}`);
}

/** A run as lines `key: state message`, the namespace written as NS. */
export function lastWords({ latest }: Run, namespace: string): string[] {
  return [...latest.values()]
    .map(({ key, state, message, source }) =>
      `${key}: ${state}${message === undefined ? '' : ` ${message}`}${source === undefined ? '' : ` :${source.line}`}`.replaceAll(
        namespace,
        'NS',
      ),
    )
    .sort();
}

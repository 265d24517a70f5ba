import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Result } from '../../src/base/failure.ts';
import { createHttp, type Http } from '../../src/base/http.ts';
import { diskFiles } from '../../src/cli/diskFiles.ts';
import { discover } from '../../src/deploy/files/discover.ts';
import { gather } from '../../src/deploy/files/gather.ts';
import type { Written } from '../../src/deploy/files/written.ts';
import { noLookup } from '../../src/deploy/live/projectLookup.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { JournalFolder } from '../../src/deploy/record/journalFolder.ts';
import { type RecordedRun, startRecorded } from '../../src/deploy/record/recordedRun.ts';
import { RunFolder } from '../../src/deploy/record/runFolder.ts';
import { readTarget } from '../../src/deploy/target.ts';
import type { Plan } from '../../src/deploy/types.ts';
import type { Cluster, Contexts } from '../../src/kubernetes/cluster.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { requireSandbox } from '../support/sandbox.ts';
import { delayingProxy } from './delayingProxy.ts';

const run = promisify(execFile);
const CONTEXT = 'sandbox-admin';

/** The real API server of the sandbox behind a line of some length, a folder for files, and namespaces that are gone afterwards. */
export class DeployBench implements AsyncDisposable {
  readonly kubeconfig: string;
  readonly cluster: Cluster;
  readonly folder: string;
  readonly #kubectl: string;
  readonly #direct: string;
  readonly #proxy: AsyncDisposable | undefined;
  readonly #http: Http;
  readonly #contexts: Contexts;
  readonly #spaces: string[] = [];

  private constructor(parts: {
    kubeconfig: string;
    direct: string;
    kubectl: string;
    folder: string;
    proxy: AsyncDisposable | undefined;
    http: Http;
    contexts: Contexts;
    cluster: Cluster;
  }) {
    this.kubeconfig = parts.kubeconfig;
    this.#direct = parts.direct;
    this.#kubectl = parts.kubectl;
    this.folder = parts.folder;
    this.#proxy = parts.proxy;
    this.#http = parts.http;
    this.#contexts = parts.contexts;
    this.cluster = parts.cluster;
  }

  /** `delayMs` of 0: the bare loopback address. */
  static async open(delayMs: number): Promise<DeployBench> {
    const { kubectl, kubeconfig: direct } = requireSandbox().kubernetes;
    const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-'));
    const text = await readFile(direct, 'utf8');
    const [server = '', port = ''] = /https:\/\/127\.0\.0\.1:(\d+)/.exec(text) ?? [];
    const proxy = delayMs === 0 ? undefined : await delayingProxy(Number(port), delayMs);
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, proxy ? text.replaceAll(server, `https://127.0.0.1:${proxy.port}`) : text, { mode: 0o600 });
    const http = createHttp();
    const contexts = openContexts({ http, env: { KUBECONFIG: kubeconfig }, mayRun: async () => false });
    const cluster = must(await contexts.open(CONTEXT));
    return new DeployBench({ kubeconfig, direct, kubectl, folder, proxy, http, contexts, cluster });
  }

  /** kubectl on the way that is measured. */
  async kubectl(...args: string[]): Promise<string> {
    return (await run(this.#kubectl, ['--kubeconfig', this.kubeconfig, ...args], { maxBuffer: 2 ** 26 })).stdout;
  }

  /** kubectl on the shortest way, for what is not measured. */
  async aside(...args: string[]): Promise<string> {
    return (await run(this.#kubectl, ['--kubeconfig', this.#direct, ...args], { maxBuffer: 2 ** 26 })).stdout;
  }

  /** A namespace that nobody has. */
  async space(): Promise<string> {
    const name = `bench-${randomBytes(4).toString('hex')}`;
    await this.aside('create', 'namespace', name);
    this.#spaces.push(name);
    return name;
  }

  async file(text: string): Promise<string> {
    const file = join(this.folder, `${randomBytes(4).toString('hex')}.yaml`);
    await writeFile(file, text);
    return file;
  }

  /** What is found below a place, planned for a namespace as a window does it: with a set. */
  async plan(place: string, namespace: string): Promise<{ readonly plan: Plan; readonly written: readonly Written[] }> {
    const gathered = await gather(await discover([place], diskFiles), noLookup('no cloud'));
    const target = must(await readTarget(this.cluster, { namespace }));
    const set = { names: ['bench'], partial: false, prune: 'ask' } as const;
    return { plan: must(await makePlan({ target, ...gathered, set }, this.cluster)), written: gathered.written };
  }

  /** Carried out as a window does it: with its lock, its journal on the disk, its inventory and its record. */
  async start({ plan, written }: { plan: Plan; written: readonly Written[] }): Promise<RecordedRun> {
    const keeping = {
      name: 'bench',
      places: [this.folder],
      journals: new JournalFolder(join(this.folder, 'journal')),
      runs: new RunFolder(join(this.folder, 'runs')),
    };
    return must(await startRecorded(plan, { cluster: this.cluster, written }, keeping));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#spaces.length > 0) await this.aside('delete', 'namespace', ...this.#spaces, '--wait=false');
    this.#contexts.dispose();
    this.#http.dispose();
    await this.#proxy?.[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** New ConfigMaps as one file of that many documents. */
export function configMaps(count: number): string {
  const one = (index: number) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: bench-${index}\n  labels: {bench: apply}\ndata:\n  index: "${index}"\n  text: ${'x'.repeat(200)}\n`;
  return Array.from({ length: count }, (_, index) => one(index)).join('---\n');
}

/** How long some work takes, in ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

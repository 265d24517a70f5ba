import { type Result, success } from '../../src/base/failure.ts';
import type { ApiKind, Cluster, KubeObject } from '../../src/kubernetes/cluster.ts';
import { ScriptedCluster } from './scriptedTable.ts';

/** A cluster with a metrics API: pod `web` and node `n1` use 100m and 64Mi, and a millicore more at each look. */
export class MeasuredCluster extends ScriptedCluster {
  /** Seconds and what was asked for: `15 shop/pods`. */
  readonly asked: string[] = [];
  now = () => 0;
  /** Instead of figures. */
  answer: Result<string> | undefined;
  /** The API does not answer until it is released. */
  holds = false;
  /** What the pod or node says of itself. */
  whole: Pick<KubeObject, 'spec' | 'status'> = { spec: undefined, status: undefined };
  change = (kind: ApiKind): ApiKind => kind;
  readonly #served: boolean;
  #release: () => void = () => {};

  constructor(served = true) {
    super();
    this.#served = served;
  }

  release(): void {
    this.#release();
  }

  override async kinds(): Promise<Result<readonly ApiKind[]>> {
    const kinds = await super.kinds();
    if (!kinds.ok || !this.#served) return kinds;
    const metrics = kinds.value
      .filter(({ group, kind }) => group === '' && ['Pod', 'Node'].includes(kind))
      .map((kind) => ({
        ...kind,
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        kind: `${kind.kind}Metrics`,
        verbs: ['get', 'list'],
      }));
    return success([...kinds.value, ...metrics.map((kind) => this.change(kind))]);
  }

  override async table(...[kind, options = {}]: Parameters<Cluster['table']>): ReturnType<Cluster['table']> {
    this.asked.push(`whole ${[options.namespace, kind.resource].filter(Boolean).join('/')} limit ${options.limit}`);
    const name = kind.kind === 'Pod' ? 'web' : 'n1';
    const object = { apiVersion: 'v1', kind: kind.kind, metadata: { name, uid: `uid-${name}` }, ...this.whole };
    return success({ columns: [], rows: [{ cells: [name], object }], resourceVersion: '1' });
  }

  override async raw(path: string): Promise<Result<string>> {
    const [, namespace, pods] = /^\/apis\/metrics\.k8s\.io\/v1beta1\/(?:namespaces\/(\w+)\/(pods)|nodes)$/.exec(path) ?? [];
    if (!path.startsWith('/apis/metrics.k8s.io/')) return super.raw(path);
    const what = pods ? `${namespace}/${pods}` : path.endsWith('/nodes') ? 'nodes' : path;
    this.asked.push(`${Math.round(this.now() / 1000)} ${what}`);
    if (this.holds)
      await new Promise<void>((release) => {
        this.#release = release;
      });
    const looks = this.asked.filter((line) => line.endsWith(` ${what}`)).length;
    const usage = { cpu: `${99 + looks}m`, memory: '64Mi' };
    const measured = { timestamp: new Date(this.now()).toISOString(), window: '15s' };
    const items = pods
      ? [{ metadata: { name: 'web', namespace }, ...measured, containers: [{ name: 'app', usage }] }]
      : [{ metadata: { name: 'n1' }, ...measured, usage }];
    return this.answer ?? success(JSON.stringify({ items }));
  }
}

import type { Cluster, KubeObject } from '../../kubernetes/cluster.ts';
import type { Project } from '../../openstack/project.ts';
import type { SecretMask } from '../record/secretMask.ts';
import type { Place, RunChild } from '../types.ts';

/** What each kind of check is told, by the key that names it in the file. */
export interface CheckSpecs {
  /** A Service answers below a path. */
  readonly http: {
    readonly namespace: string | undefined;
    readonly service: string;
    /** The Service's own; its first one when none is said. */
    readonly port: number | undefined;
    readonly path: string;
    /** Exactly this one; 200 to 399 when none is said, as a probe of kubelet takes them. */
    readonly status: number | undefined;
    readonly contains: string | undefined;
  };
  /** An object is as `kubectl wait --for` would wait for it. */
  readonly condition: {
    readonly namespace: string | undefined;
    /** `deployment`, `servers.openstack.example`: as kubectl takes it. */
    readonly type: string;
    readonly name: string;
    /** `condition=Ready`, `jsonpath={.status.phase}=Running`. */
    readonly is: string;
  };
  /** A Job comes to its end. */
  readonly job: { readonly file: string; readonly job: KubeObject };
  /** All members of the Octavia load balancer of a Service work. */
  readonly members: { readonly namespace: string | undefined; readonly service: string };
}

export type CheckKind = keyof CheckSpecs;

/** One check of one's own after a deploy, as it was written. */
export type Check<K extends CheckKind = CheckKind> = {
  readonly [P in K]: {
    readonly kind: P;
    readonly spec: CheckSpecs[P];
    /** `check http web:80/healthz`: unique in a plan, and no key of a step. */
    readonly key: string;
    /** How long it may take until it holds, in ms. */
    readonly withinMs: number;
    readonly place: Place;
  };
}[K];

/** What a check asks with. */
export interface CheckContext {
  readonly cluster: Cluster;
  readonly project?: Project;
  /** Of what names none. */
  readonly namespace: string;
  /** Fires when its time is up or the run is cancelled. */
  readonly signal: AbortSignal;
  readonly mask: SecretMask;
  /** Between two looks, in ms. */
  readonly everyMs: number;
}

/** What came of one look. `notYet`: it is looked again as long as there is time. */
export interface Looked {
  readonly is: 'passed' | 'notYet' | 'failed';
  /** `200 in 12 ms`, `answered 503, not 200`. */
  readonly said: string;
  /** The objects that explain it, with the last lines of a log. */
  readonly children?: readonly RunChild[];
}

/** How a kind of check is read and done. */
export interface CheckRow<S> {
  /** Keys beside its own and `within`. */
  readonly keys: readonly string[];
  readonly withinMs: number;
  /** The spec, or what is wrong with it in words behind the name of the check: `needs a port`. */
  read(value: string, fields: Readonly<Record<string, unknown>>, job: (path: string) => Promise<JobFile>): Promise<S | string>;
  /** `web:80/healthz` */
  title(spec: S): string;
  look(spec: S, context: CheckContext): Promise<Looked>;
}

/** The manifest of a Job, or why there is none. */
export type JobFile = { readonly file: string; readonly job: KubeObject } | string;

/** `shop/web` or `web`. */
export function readName(text: string): { readonly namespace: string | undefined; readonly name: string } {
  const [first = '', second] = text.split('/');
  return second === undefined ? { namespace: undefined, name: first } : { namespace: first, name: second };
}

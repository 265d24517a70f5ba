import { askLoopback } from '../../base/askLoopback.ts';
import { podsBehind } from '../../kubernetes/podsBehind.ts';
import { PortForward } from '../../kubernetes/portForward.ts';
import { type CheckRow, type CheckSpecs, type Looked, readName } from './check.ts';

type Http = CheckSpecs['http'];

/** One look may take so long; then the next one begins. */
const ANSWER_MS = 5_000;

/** A Service answers below a path: asked through the API server, so that nothing need be open to the outside. */
export const http: CheckRow<Http> = {
  keys: ['port', 'path', 'status', 'contains'],
  withinMs: 60_000,
  read: async (value, { port, path = '/', status, contains }) => {
    if (port !== undefined && !isWhole(port, 65_535)) return 'wants a number as its port';
    if (typeof path !== 'string' || !path.startsWith('/')) return 'wants a path that begins with /';
    if (status !== undefined && !isWhole(status, 599)) return 'wants a status such as 200';
    if (contains !== undefined && typeof contains !== 'string') return 'wants a text in contains';
    const { namespace, name } = readName(value);
    return {
      namespace,
      service: name,
      port: port as number | undefined,
      path,
      status: status as number | undefined,
      contains,
    };
  },
  title: ({ namespace, service, port, path }) =>
    `${namespace === undefined ? '' : `${namespace}/`}${service}${port === undefined ? '' : `:${port}`}${path}`,
  look: async (spec, { cluster, namespace: own, signal }) => {
    const { namespace = own, service } = spec;
    const ref = { apiVersion: 'v1', kind: 'Service', namespace, name: service };
    const behind = await podsBehind(cluster, ref, signal);
    if (!behind.ok) return { is: behind.failure.reason === 'forbidden' ? 'failed' : 'notYet', said: behind.failure.message };
    const port = spec.port ?? behind.value.ports[0]?.port;
    if (port === undefined) return { is: 'failed', said: `Service ${service} has no TCP port` };
    const forward = await PortForward.open(cluster, { context: cluster.context.name, ref, port, localPort: 0 });
    if (!forward.ok) return { is: 'notYet', said: forward.failure.message };
    const began = performance.now();
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
      const host = `${service}.${namespace}.svc`;
      const answer = await askLoopback({ port: forward.value.spec.localPort, path: spec.path, host }, limit);
      if (answer.ok) return judged(spec, answer.value, performance.now() - began);
      return { is: 'notYet', said: forward.value.failure?.message ?? answer.failure.message };
    } finally {
      forward.value.dispose();
    }
  },
};

function judged({ status, contains }: Http, answer: { readonly status: number; readonly text: string }, tookMs: number): Looked {
  const isWanted = status === undefined ? answer.status >= 200 && answer.status < 400 : answer.status === status;
  if (!isWanted) return { is: 'notYet', said: `answered ${answer.status}, not ${status ?? '200 to 399'}` };
  // what a program answers may be long and secret: it is not repeated
  if (contains !== undefined && !answer.text.includes(contains))
    return { is: 'notYet', said: `answered ${answer.status} without "${contains}"` };
  return { is: 'passed', said: `${answer.status} in ${Math.round(tookMs)} ms` };
}

const isWhole = (value: unknown, most: number) =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= most;

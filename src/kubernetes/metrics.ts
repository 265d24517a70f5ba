import { parseQuantity } from './quantity.ts';

/** CPU in nanocores, memory in bytes. */
export interface Amounts {
  readonly cpu: number;
  readonly memory: number;
}
export type Resource = keyof Amounts;
export const resources: readonly Resource[] = ['cpu', 'memory'];
const titles = { cpu: 'CPU', memory: 'memory' } as const;

/** What one pod or node used, as the metrics API says. Source: k8s.io/metrics, `v1beta1.PodMetrics` and `NodeMetrics`. */
export interface Usage extends Amounts {
  readonly name: string;
  readonly namespace: string | undefined;
  /** The end of the time over which it was measured, in ms since the epoch, and how long that was. */
  readonly at: number;
  readonly windowMs: number;
  /** By name; empty for a node. */
  readonly containers: ReadonlyMap<string, Amounts>;
}

/** What may be used: amounts that nobody set are absent. */
export interface Bounds {
  /** What the numbers of `most` are called. */
  readonly word: 'limit' | 'allocatable';
  /** What is set aside. */
  readonly requests: Partial<Amounts>;
  /** The sum that kubectl shows as limits; of a node, what pods may have of it. */
  readonly limits: Partial<Amounts>;
  /** What cannot be exceeded: without it where one container of a pod is free to use more. */
  readonly most: Partial<Amounts>;
  readonly containers: ReadonlyMap<string, Bounds>;
}

type Part = Readonly<Record<string, unknown>>;

/** The usages of a list (or of the one object) that the metrics API sent; empty for what is something else. */
export function usagesOf(body: unknown): readonly Usage[] {
  const items = recordOf(body)['items'];
  const all = Array.isArray(items) ? items.map(recordOf) : [recordOf(body)];
  return all.flatMap((one) => {
    const { name, namespace } = recordOf(one['metadata']);
    if (typeof name !== 'string') return [];
    const parts = listOf(one['containers']).map((each) => [String(each['name']), amountsOf(each['usage'])] as const);
    const containers = new Map(parts.map(([part, amounts]) => [part, { ...nothing, ...amounts }]));
    const used = { ...nothing, ...(one['usage'] ? amountsOf(one['usage']) : sum([...containers.values()])) };
    const at = Date.parse(String(one['timestamp']));
    const place = typeof namespace === 'string' ? namespace : undefined;
    return [{ name, namespace: place, ...used, at: at || 0, windowMs: durationMs(String(one['window'] ?? '')), containers }];
  });
}

/**
 * What a pod asked for and may have, from its spec: containers and sidecars together, or an init container where that needs more (beside the sidecars before it); the pod's own
 * `resources` go before the sums; overhead comes on top, of limits only where there is one. Source: component-helpers, `resource.PodRequests` and `PodLimits`, without status: as
 * `kubectl describe node` adds them up.
 */
export function boundsOfPod({ spec }: Readonly<Record<string, unknown>>): Bounds {
  const { containers, initContainers, resources: own, overhead } = recordOf(spec);
  const parts = [
    ...listOf(initContainers).map((one) => ({ ...partOf(one), init: one['restartPolicy'] !== 'Always' })),
    ...listOf(containers).map((one) => ({ ...partOf(one), init: false })),
  ];
  const lasting = parts.filter(({ init }) => !init);
  const whole = { requests: amountsOf(recordOf(own)['requests']), limits: amountsOf(recordOf(own)['limits']) };
  const extra = amountsOf(overhead);
  const requests = sum([{ ...needed(parts, 'requests'), ...whole.requests }, extra]);
  const limits = { ...needed(parts, 'limits'), ...whole.limits };
  const withExtra = sum([limits, pick(extra, (resource) => (limits[resource] ?? 0) > 0)]);
  const isBound = (resource: Resource) =>
    whole.limits[resource] !== undefined || lasting.every(({ bounds }) => bounds.limits[resource] !== undefined);
  return {
    word: 'limit',
    requests,
    limits: withExtra,
    most: pick(withExtra, isBound),
    containers: new Map(parts.map(({ name, bounds }) => [name, bounds])),
  };
}

/** What pods may have of a node. Source: Kubernetes API reference, NodeStatus: without `allocatable` its capacity counts, as for `kubectl describe node`. */
export function boundsOfNode({ status }: Readonly<Record<string, unknown>>): Bounds {
  const { allocatable, capacity } = recordOf(status);
  const limits = amountsOf(allocatable ?? capacity);
  return { word: 'allocatable', requests: {}, limits, most: limits, containers: new Map() };
}

/** Amounts added up; one that is absent everywhere stays so. */
export function sum(all: readonly Partial<Amounts>[]): Partial<Amounts> {
  const total: Partial<Record<Resource, number>> = {};
  for (const one of all)
    for (const resource of resources) {
      const amount = one[resource];
      if (amount !== undefined) total[resource] = (total[resource] ?? 0) + amount;
    }
  return total;
}

const nothing: Amounts = { cpu: 0, memory: 0 };
/** Below this share all is quiet; from the second one on it is close. */
const [highShare, nearShare] = [0.8, 0.9];

/** How much of what may be used is used: of the limit or allocatable, else of what was requested; undefined where nothing is set. */
export function shareOf(usage: Amounts, bounds: Bounds, resource: Resource): { share: number; of: string } | undefined {
  const { most, requests, word } = bounds;
  const [bound, of] = most[resource] === undefined ? [requests[resource], 'request'] : [most[resource], word];
  return bound === undefined || bound === 0 ? undefined : { share: usage[resource] / bound, of };
}

type Used = Amounts & Partial<Pick<Usage, 'containers'>>;

/** How much of what cannot be exceeded is used, by the pod or node and by each of its containers; the largest first. */
function sharesOf(usage: Used, bounds: Bounds): readonly { readonly what: string; readonly share: number }[] {
  const several = bounds.containers.size > 1;
  const places = [
    { part: '', used: usage as Amounts, most: bounds.most },
    ...[...(usage.containers ?? [])].map(([name, used]) => ({
      part: several ? ` of ${name}` : '',
      used,
      most: bounds.containers.get(name)?.most ?? {},
    })),
  ];
  return places
    .flatMap(({ part, used, most }) =>
      resources.map((resource) => ({
        what: `${titles[resource]}${part}`,
        share: used[resource] / (most[resource] || Number.NaN),
      })),
    )
    .filter(({ share }) => !Number.isNaN(share))
    .sort((one, other) => other.share - one.share);
}

/** What is near its end, as words: `memory 84 % of limit`, from 90 % on `memory of app near limit: 93 %`; the worst of a pod, a node or a container. Undefined when all is well. */
export function pressureOf(usage: Used, bounds: Bounds): string | undefined {
  const [worst] = sharesOf(usage, bounds);
  if (!worst || worst.share < highShare) return undefined;
  const percent = percentOf(worst.share);
  if (worst.share < nearShare) return `${worst.what} ${percent} of ${bounds.word}`;
  return `${worst.what} ${worst.share < 1 ? 'near' : 'at'} ${bounds.word}: ${percent}`;
}

/** `▮▮▯▯ 120m · 340Mi`: what is used, and in front of it the share of what is scarcest; of what was requested where there is no limit. */
export function usedWords(usage: Used, bounds: Bounds | undefined): string {
  const figures = `${amountText('cpu', usage.cpu)} · ${amountText('memory', usage.memory)}`;
  if (!bounds) return figures;
  const [worst] = sharesOf(usage, bounds);
  const ofRequests = resources.flatMap((resource) => shareOf(usage, bounds, resource)?.share ?? []);
  if (!worst && ofRequests.length === 0) return figures;
  return `${bar(worst?.share ?? Math.max(...ofRequests))} ${figures}`;
}

/** The same for a screen reader: `CPU 120m, 24 % of limit, memory 340Mi`. */
export function usedSpoken(usage: Amounts, bounds: Bounds | undefined): string {
  return resources
    .map((resource) => {
      const share = bounds && shareOf(usage, bounds, resource);
      const part = share ? `, ${percentOf(share.share)} of ${share.of}` : '';
      return `${titles[resource]} ${amountText(resource, usage[resource])}${part}`;
    })
    .join(', ');
}

/** One line for a resource: `▮▮▯▯ 120m · 24 % of limit 500m · requested 100m`. */
export function useLine(usage: Amounts, bounds: Bounds | undefined, resource: Resource): string {
  const share = bounds && shareOf(usage, bounds, resource);
  const limit = bounds?.most[resource];
  const request = bounds?.requests[resource];
  const asked = request === undefined ? '' : `requested ${amountText(resource, request)}`;
  const of = share && limit !== undefined ? `${percentOf(share.share)} of ${share.of} ${amountText(resource, limit)}` : '';
  const free = bounds?.word === 'limit' && limit === undefined ? 'no limit' : '';
  const ofRequest =
    share?.of === 'request' ? `${percentOf(share.share)} of requested ${amountText(resource, request ?? 0)}` : asked;
  const figure = amountText(resource, usage[resource]);
  return [[share && bar(share.share), figure].filter(Boolean).join(' '), of, ofRequest, free].filter(Boolean).join(' · ');
}

/** `▮▮▯▯` of a share from 0 to 1; full only from the share on at which it is close. */
export function bar(share: number): string {
  const cells = 4;
  const filled = share >= nearShare ? cells : Math.min(cells - 1, Math.ceil(share * cells));
  return '▮'.repeat(filled) + '▯'.repeat(cells - filled);
}

const steps = '▁▂▃▄▅▆▇█';
/** What was seen as a line of blocks, from nothing to the most that was seen: `▁▃█`. */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(...values, 1);
  return values.map((value) => steps[Math.round((value / most) * (steps.length - 1))]).join('');
}

/** What was used at a time (ms since the epoch). */
export interface Sample extends Amounts {
  readonly at: number;
}
/** Samples that are kept: ten minutes at the metrics server's usual pace. */
export const mostSamples = 40;

/** `▁▃█ 15m to 120m in 8 min` of what was seen of a resource; empty for less than two samples. */
export function seenLine(samples: readonly Sample[], resource: Resource): string {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || first === last) return '';
  const values = samples.map((one) => one[resource]);
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => amountText(resource, value));
  const seconds = Math.round((last.at - first.at) / 1000);
  const time = seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return `${sparkline(values)} ${least === most ? `${least}, steady` : `${least} to ${most}`} in ${time}`;
}

/** Title and text of each thing worth telling about use. */
export function useFacts(
  usage: Amounts,
  bounds: Bounds | undefined,
  samples: readonly Sample[],
): readonly (readonly [title: string, text: string])[] {
  return resources.flatMap((resource) =>
    [
      [titles[resource], useLine(usage, bounds, resource)] as const,
      [`${titles[resource]} seen`, seenLine(samples, resource)] as const,
    ].filter(([, text]) => text !== ''),
  );
}

/** `24 %`. */
export function percentOf(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `120m`, `12.5 cores`; `340Mi`, `1.5Gi`. */
export function amountText(resource: Resource, amount: number): string {
  if (resource === 'cpu') {
    const milli = amount / 1e6;
    return milli < 10_000 ? `${Math.ceil(milli)}m` : `${short(milli / 1000)} cores`;
  }
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
  const power = Math.min(units.length - 1, amount < 1024 ? 0 : Math.floor(Math.log2(amount) / 10));
  return `${short(amount / 1024 ** power)}${units[power]}`;
}

/** Two digits for small numbers, whole ones else. */
function short(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}

/** CPU and memory of a resource list; `Partial`: not all are set. */
function amountsOf(list: unknown): Partial<Amounts> {
  const { cpu, memory } = recordOf(list);
  const nanocores = cpu === undefined ? undefined : parseQuantity(String(cpu));
  const nanobytes = memory === undefined ? undefined : parseQuantity(String(memory));
  return {
    ...(nanocores === undefined ? {} : { cpu: Number(nanocores) }),
    ...(nanobytes === undefined ? {} : { memory: Number((nanobytes + 999_999_999n) / 1_000_000_000n) }),
  };
}

interface NamedPart {
  readonly name: string;
  readonly bounds: Bounds;
  readonly init: boolean;
}

function partOf(container: Part): Omit<NamedPart, 'init'> {
  const { requests, limits } = recordOf(container['resources']);
  const most = amountsOf(limits);
  const bounds: Bounds = { word: 'limit', requests: amountsOf(requests), limits: most, most, containers: new Map() };
  return { name: String(container['name']), bounds };
}

/** What the containers need together, or more where one of the init containers does. */
function needed(parts: readonly NamedPart[], member: 'requests' | 'limits'): Partial<Amounts> {
  const total = sum(parts.filter(({ init }) => !init).map(({ bounds }) => bounds[member]));
  const first = parts.flatMap(({ init, bounds }, at) => {
    const sidecars = parts.slice(0, at).filter((one) => !one.init);
    return init ? [sum([bounds[member], ...sidecars.map((one) => one.bounds[member])])] : [];
  });
  const largest: Partial<Record<Resource, number>> = { ...total };
  for (const one of first)
    for (const resource of resources) {
      const amount = one[resource];
      if (amount !== undefined) largest[resource] = Math.max(largest[resource] ?? 0, amount);
    }
  return largest;
}

function pick(amounts: Partial<Amounts>, fits: (resource: Resource) => boolean): Partial<Amounts> {
  return Object.fromEntries(resources.flatMap((one) => (amounts[one] !== undefined && fits(one) ? [[one, amounts[one]]] : [])));
}

/** Ms of a duration as Go writes it: `15.05s`, `1m0s`. */
function durationMs(text: string): number {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  const parts = [...text.matchAll(/([\d.]+)(h|ms|m|s)/g)];
  return Math.round(parts.reduce((total, [, count = '', unit = '']) => total + Number(count) * (units[unit] ?? 0), 0));
}

function recordOf(value: unknown): Part {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function listOf(value: unknown): readonly Part[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}

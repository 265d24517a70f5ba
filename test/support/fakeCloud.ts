import { parse } from 'yaml';
import type { Failure } from '../../src/base/failure.ts';
import { failed, success } from '../../src/base/failure.ts';
import { valuesAt } from '../../src/openstack/columns.ts';
import { idOf } from '../../src/openstack/display.ts';
import type { Resource } from '../../src/openstack/kind.ts';
import { isKindId, type KindId, kindOf, serviceOf } from '../../src/openstack/kinds/kinds.ts';
import type { Lookup, Query } from '../../src/openstack/lookup.ts';
import { lookUp, sameId } from '../../src/openstack/matching.ts';
import type { ListOptions, Project, ResourceList } from '../../src/openstack/project.ts';

/**
 * A project from a text, for tests of what stands above the network. It answers as a real one does: same matching, same verdicts.
 *
 * ```yaml
 * cloud: demo            # optional, as are region, project, user, administers, place
 * network.network:
 *   - { id: n1, name: private, status: ACTIVE }
 * load-balancer.flavor: forbidden      # a reason word instead of a list: every question about the kind is unknown
 * absent: [key-manager]                # services the catalogue does not have
 * ```
 */
export interface FakeCloud extends Project {
  /** As a manifest check sees it. */
  readonly place: string | undefined;
  find(kind: KindId, query: Query): Promise<Lookup>;
  find(queries: readonly { readonly kind: KindId; readonly query: Query }[]): Promise<readonly Lookup[]>;
  /** Every question asked so far, one line each: `find network.network id n1`, `list compute.server`. */
  readonly asked: readonly string[];
}

/** Reads the text; throws on a kind that the catalog does not have, so that a test's typing mistake shows. */
export function fakeCloud(text: string): FakeCloud {
  const world = parse(text) as Readonly<Record<string, unknown>>;
  const settings = new Set(['cloud', 'region', 'project', 'user', 'administers', 'place', 'absent']);
  for (const key of Object.keys(world)) if (!settings.has(key) && !isKindId(key)) throw new Error(`no such kind: ${key}`);
  const word = (key: string, otherwise: string) => (typeof world[key] === 'string' ? world[key] : otherwise);
  const absent = Array.isArray(world['absent']) ? world['absent'].map(String) : [];
  const cloud = word('cloud', 'demo');
  const project = word('project', 'demo');
  const region = word('region', 'RegionOne');
  const asked: string[] = [];

  const items = (kind: KindId): readonly Resource[] | Failure => {
    const listed = world[kind];
    if (absent.includes(serviceOf(kind)))
      return { reason: 'unsupported', message: `Cloud ${cloud} has no ${serviceOf(kind)} service.` };
    if (typeof listed === 'string')
      return { reason: listed as Failure['reason'], message: `${kindOf(kind).label[1]}: ${listed}.` };
    return Array.isArray(listed) ? listed : [];
  };
  const list = (kind: KindId, { where = {} }: ListOptions = {}) => {
    const known = items(kind);
    if ('reason' in known) return failed(known.reason, known.message);
    const meets = (item: Resource) =>
      Object.entries(where).every(([field, value]) => valuesAt(item, field).map(String).includes(value));
    const answer: ResourceList = { items: known.filter(meets), asOf: 0, stale: false, complete: true };
    return success(answer);
  };
  const findOne = (kind: KindId, query: Query): Lookup => {
    asked.push(`find ${kind} ${query.by} ${typeof query.value === 'string' ? query.value : JSON.stringify(query.value)}`);
    const known = items(kind);
    return 'reason' in known ? { verdict: 'unknown', failure: known } : lookUp(kind, known, query);
  };
  function find(kind: KindId, query: Query): Promise<Lookup>;
  function find(queries: readonly { readonly kind: KindId; readonly query: Query }[]): Promise<readonly Lookup[]>;
  async function find(
    first: KindId | readonly { readonly kind: KindId; readonly query: Query }[],
    query?: Query,
  ): Promise<Lookup | readonly Lookup[]> {
    if (typeof first !== 'string') return first.map((one) => findOne(one.kind, one.query));
    if (!query) throw new Error('a query is needed');
    return findOne(first, query);
  }

  return {
    cloud,
    region,
    id: `${project}-id`,
    name: project,
    user: word('user', 'alice'),
    administers: world['administers'] === true,
    place: word('place', `project ${project} (cloud ${cloud}, ${region})`),
    asked,
    offers: (kind) => !absent.includes(serviceOf(kind)),
    list: async (kind, options) => {
      asked.push(`list ${kind}`);
      return list(kind, options);
    },
    peek: (kind, options) => {
      const answer = list(kind, options);
      return answer.ok ? answer.value : undefined;
    },
    get: async (kind, id) => {
      asked.push(`get ${kind} ${id}`);
      const known = items(kind);
      if ('reason' in known) return failed(known.reason, known.message);
      const match = known.find((item) => sameId(kind, item, id));
      return match ? success(match) : failed('notFound', `No ${kindOf(kind).label[0]} with id ${id} in project ${project}.`);
    },
    find,
    act: async (kind, resource, word, { answers = {} } = {}) => {
      asked.push(['act', kind, idOf(kind, resource), word, ...Object.values(answers)].join(' '));
      return success({ requestId: 'req-1' });
    },
    create: async (kind, change) => {
      asked.push(`create ${kind} ${JSON.stringify(change.body)}`);
      return success({ requestId: 'req-1' });
    },
    addressOf: async (kind, id) => success({ url: `https://${cloud}.example/${kind}/${id}`, headers: {} }),
    ask: async (kind, resource, question) => {
      asked.push(`ask ${kind} ${idOf(kind, resource)} ${JSON.stringify(question.body)}`);
      return success({});
    },
    transfer: async ({ service, path, doing }, { method }) => {
      asked.push(`transfer ${method} ${service}${path}`);
      return failed('unsupported', `The fake cloud cannot ${doing}.`);
    },
    renew: async (kind, id) => {
      asked.push(`renew ${kind} ${id}`);
      const known = items(kind);
      const match = 'reason' in known ? undefined : known.find((item) => sameId(kind, item, id));
      return match ? success(match) : failed('notFound', `No ${kindOf(kind).label[0]} with id ${id} in project ${project}.`);
    },
    onDidChange: () => ({ dispose() {} }),
    refresh() {},
    dispose() {},
  };
}

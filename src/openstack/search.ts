import type { Failure } from '../base/failure.ts';
import { Semaphore } from '../base/semaphore.ts';
import { isAddress, whoHas } from './addressSearch.ts';
import { textAt, valuesAt } from './columns.ts';
import { idOf, nameOf } from './display.ts';
import type { Resource } from './kind.ts';
import { type KindId, kindIds, kindOf } from './kinds/kinds.ts';
import { sameId } from './matching.ts';
import type { Project } from './project.ts';

/** What was found where. */
export interface Match {
  readonly project: Project;
  readonly kind: KindId;
  readonly resource: Resource;
}

/** What a text looks like: an address, an id, or a name or tag. */
export type Shape = 'address' | 'id' | 'name';

/** So many questions at a time, over all projects: a search is no reason to keep a cloud busy. */
const atATime = 6;

/** By what a text is looked for: IP and MAC addresses by who has them, ids (with or without dashes) by asking each kind for it, all else by name and tag. */
export function shapeOf(text: string): Shape {
  const wanted = text.trim();
  if (isAddress(wanted)) return 'address';
  return /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(wanted) ? 'id' : 'name';
}

/**
 * Looks for a text in projects, by its shape. What is found is told as it comes, each resource once; what could not be asked is answered in the end, one failure for each kind at most.
 * Names and tags are asked of the service where the kind's row has such a filter; in lists that are there already a part of the name is enough.
 */
export async function search(
  text: string,
  projects: readonly Project[],
  found: (match: Match) => void,
  signal?: AbortSignal,
): Promise<readonly Failure[]> {
  const wanted = text.trim();
  const told = new Set<string>();
  const tell = (match: Match) => {
    const key = `${match.project.region ?? ''} ${match.kind} ${idOf(match.kind, match.resource)}`;
    if (told.has(key) || signal?.aborted) return;
    told.add(key);
    found(match);
  };
  if (shapeOf(wanted) === 'address') {
    const { found: holders, failures } = await whoHas(wanted, projects, signal);
    for (const holder of holders) tell(holder);
    return failures;
  }
  const look = shapeOf(wanted) === 'id' ? byId : byName;
  const room = new Semaphore(atATime);
  const failures = new Map<KindId, Failure>();
  const asked = projects.flatMap((project) =>
    kindIds
      .filter((kind) => project.offers(kind))
      .map((kind) =>
        look(project, kind, wanted).map((ask) =>
          room.run(async () => {
            if (signal?.aborted) return;
            const answer = await ask(signal);
            if ('reason' in answer) failures.set(kind, answer);
            else for (const resource of answer) tell({ project, kind, resource });
          }),
        ),
      ),
  );
  await Promise.all(asked.flat(2));
  return [...failures.values()].filter(({ reason }) => !quiet.includes(reason));
}

/** Trouble that says nothing about what is looked for: a kind that the user may not see, or the cloud has not. */
const quiet: readonly Failure['reason'][] = ['notFound', 'forbidden', 'unsupported', 'invalid', 'cancelled'];

/** One question: what it finds, or why it could not be asked. */
type Ask = (signal: AbortSignal | undefined) => Promise<readonly Resource[] | Failure>;

/** What is in a list already is taken from it; else the kind is asked for the id, where one can be asked for by itself. */
function byId(project: Project, kind: KindId, id: string): readonly Ask[] {
  const { get, parent, under, id: field = 'id', name = 'name' } = kindOf(kind);
  if (parent !== undefined || under === undefined) return [];
  const known = project.peek(kind)?.items.filter((item) => sameId(kind, item, id)) ?? [];
  if (known.length > 0) return [async () => known];
  // Where the name is the identity, no id is one.
  if (get === false || field === name || field === 'name') return [];
  return [
    async (signal) => {
      const answer = await project.get(kind, id, signal && { signal });
      return answer.ok ? [answer.value] : answer.failure;
    },
  ];
}

function byName(project: Project, kind: KindId, wanted: string): readonly Ask[] {
  if (kindOf(kind).under === undefined) return [];
  const known = project.peek(kind);
  if (known && !known.stale && known.complete) return [async () => known.items.filter((item) => isCalled(kind, item, wanted))];
  const filters = (kindOf(kind).filters ?? []).filter(({ title }) => title === 'name' || title === 'tags');
  return filters.map(
    (filter): Ask =>
      async (signal) => {
        const query = { [filter.field]: filter.as?.(wanted) ?? wanted };
        const list = await project.list(kind, { query, ...(signal && { signal }) });
        return list.ok ? list.value.items.filter((item) => isCalled(kind, item, wanted)) : list.failure;
      },
  );
}

/** Whether the text is part of the name, the id or one of the tags. A service may have understood it otherwise: Nova reads a name as a regular expression. */
function isCalled(kind: KindId, resource: Resource, wanted: string): boolean {
  const text = wanted.toLowerCase();
  const names = [nameOf(kind, resource), textAt(resource, kindOf(kind).name ?? 'name') ?? ''];
  if (names.some((name) => name.toLowerCase().includes(text)) || idOf(kind, resource).toLowerCase() === text) return true;
  return valuesAt(resource, 'tags').some((tag) => String(tag).toLowerCase() === text);
}

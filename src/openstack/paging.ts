import { asSettings } from './configFiles.ts';
import type { Resource } from './kind.ts';
import type { Service } from './services.ts';

/** One page of a list as it came. */
export interface Page {
  readonly body: unknown;
  readonly items: readonly Resource[];
  readonly listKey: string;
  /** The query that asked for it. */
  readonly query: URLSearchParams;
  readonly identity: (resource: Resource) => string;
}

/**
 * The query of the next page, or undefined after the last one. Only the query of a link is used, on our own address: hosts in links can be wrong or hostile.
 * A page that is empty or whose query repeats ends the walk. Rules: openstacksdk, `resource.py`.
 */
export function nextQuery(service: Service, page: Page): URLSearchParams | undefined {
  if (page.items.length === 0) return undefined;
  const next = service.paging === 'links' ? byLink(page) : byCount(service, page);
  if (!next) return undefined;
  const query = new URLSearchParams(page.query);
  for (const name of next.keys()) query.delete(name);
  // Some services repeat in their links what they were asked, longer with every page.
  for (const [name, value] of next) if (!query.has(name, value)) query.append(name, value);
  return query.toString() === page.query.toString() ? undefined : query;
}

function byLink({ body, listKey }: Page): URLSearchParams | undefined {
  const answer = asSettings(body);
  const href =
    hrefOf(answer[`${listKey}_links`]) ??
    hrefOf(answer['links']) ??
    (typeof answer['next'] === 'string' ? answer['next'] : undefined);
  return href === undefined ? undefined : URL.parse(href, 'http://relative')?.searchParams;
}

/** `[{rel: next, href}]`, or `{next: href}`. */
function hrefOf(links: unknown): string | undefined {
  if (!Array.isArray(links)) {
    const { next } = asSettings(links);
    return typeof next === 'string' ? next : undefined;
  }
  const next = links.map(asSettings).find(({ rel }) => rel === 'next')?.['href'];
  return typeof next === 'string' ? next : undefined;
}

/** A page that is shorter than asked may have been cut by the service's own limit, which nobody tells; no deployment's is below this. */
const leastCap = 100;

function byCount({ paging, limit = 0 }: Service, { items, query, identity }: Page): URLSearchParams | undefined {
  const last = items.at(-1);
  if (!last || items.length < Math.min(leastCap, Number(query.get('limit') ?? limit))) return undefined;
  if (paging === 'offset') return new URLSearchParams({ offset: String(Number(query.get('offset') ?? 0) + items.length) });
  return new URLSearchParams({ marker: identity(last) });
}

import type { Result } from '../base/failure.ts';
import type { HttpResponse } from '../base/http.ts';
import type { Sent } from '../base/sent.ts';

/** What is read of a call. */
interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly contentType?: string;
  readonly body?: string;
}

const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'replace', PATCH: 'patch', DELETE: 'delete' };
/** `/api/v1/namespaces/shop/pods/web-1/eviction`, `/apis/apps/v1/deployments`. Source: Kubernetes API concepts, "Resource URIs". */
const resourcePath = /^\/(?:api|apis\/[^/]+)\/[^/]+\/(?:namespaces\/([^/?]+)\/)?([^/?]+)(?:\/([^/?]+))?(?:\/([^?]+))?/;
/** A body is looked into for its name only, up to so many characters. */
const longestBody = 200_000;

/** A call as a change to be remembered, with the audit id that the server gave it; undefined for questions, reviews and dry runs, which change nothing. */
export function sentChange(
  asked: Asked,
  context: string,
  answer: Result<HttpResponse>,
  id: string | undefined,
): Sent | undefined {
  const { method = 'GET', path, query = {}, contentType = '' } = asked;
  const verb = contentType.includes('apply-patch') ? 'apply' : verbs[method];
  const [, namespace, resource = '', name, part] = resourcePath.exec(path) ?? [];
  const isDry = query['dryRun'] !== undefined || /[?&]dryRun=/.test(path);
  if (verb === undefined || isDry || resource === '' || resource.endsWith('reviews')) return undefined;
  const object = name === undefined ? nameIn(asked.body) : decoded(name);
  return {
    what: [verb, resource, [object, part].filter(Boolean).join('/')].filter(Boolean).join(' '),
    where: [context, namespace && decoded(namespace)].filter(Boolean).join(' › '),
    outcome: answer.ok ? 'accepted' : answer.failure.message,
    id,
  };
}

function nameIn(body: string | undefined): string {
  if (body === undefined || body.length > longestBody) return '';
  try {
    const { name, generateName } = Object(JSON.parse(body)?.metadata);
    return String(name ?? generateName ?? '');
  } catch {
    return '';
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

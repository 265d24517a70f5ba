import { createServer, type IncomingMessage, type Server } from 'node:http';

/** The namespace where alice may do anything. */
const NAMESPACE = 'shop';

/** The part of a SubjectAccessReview that is looked at. Source: Kubernetes, "Webhook Mode" (authorization.k8s.io/v1). */
interface Review {
  readonly spec?: { readonly user?: string; readonly resourceAttributes?: { readonly namespace?: string } };
}

/**
 * Plays a webhook authoriser as Keystone's is one: RBAC does not know what it allows. Alice may do anything in one namespace; about all else it has no opinion, so that the next authoriser decides.
 * Which requests reach it is said in `kubernetes/up.sh`.
 */
export function authorizer(): Server {
  return createServer(async (request, response) => {
    const { spec } = JSON.parse(await bodyOf(request)) as Review;
    const allowed = spec?.user === 'alice' && spec.resourceAttributes?.namespace === NAMESPACE;
    const status = allowed ? { allowed, reason: `${NAMESPACE} is alice's` } : { allowed };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', status }));
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  request.setEncoding('utf8');
  let text = '';
  for await (const part of request) text += part;
  return text;
}

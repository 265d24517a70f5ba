import type { Failure, Reason } from '../base/failure.ts';
import type { HttpResponse } from '../base/http.ts';
import { looksLikeHtml } from '../base/jsonBody.ts';
import { plainText } from '../base/plainText.ts';
import { redactText } from '../base/redact.ts';
import { retryAfterMs } from '../base/retry.ts';
import { asSettings } from './configFiles.ts';
import { isQuota, type Refused, roleHint, wayOut } from './refusals.ts';

/** What was being done, as a sentence names it. */
export interface Attempt {
  readonly cloud: string;
  readonly project: string;
  readonly user: string;
  readonly service: string;
  /** `list load balancers`, `read this network`. */
  readonly doing: string;
  /** What decides which role is missing. */
  readonly refused: Refused;
  /** Whether the token is one of an application credential with access rules. */
  readonly ruled: boolean;
}

const reasons: Readonly<Record<number, Reason>> = {
  400: 'invalid',
  401: 'signedOut',
  403: 'forbidden',
  404: 'notFound',
  409: 'conflict',
  412: 'conflict',
  413: 'throttled',
  429: 'throttled',
  498: 'throttled',
};

/** By which a service's operator finds a request in its log. */
export function requestIdOf(headers: HttpResponse['headers']): string | undefined {
  return headers['x-openstack-request-id'] ?? headers['x-compute-request-id'] ?? headers['x-trans-id'];
}

/** One sentence for an answer that is no success: what happened, to whom, in the service's own words where it has any. */
export function serviceFailure(response: HttpResponse, attempt: Attempt): Failure {
  const { status, headers } = response;
  const words = faultText(response);
  // Behind a proxy that takes headers away, Magnum, Placement and Designate still say it in the body.
  const requestId = requestIdOf(headers) ?? /"request_id":\s*"(req-[\w-]+)"/.exec(response.text().slice(0, 100_000))?.[1];
  const wait = retryAfterMs(headers, Date.now());
  const reason = reasonOf(status, words, wait, attempt);
  return {
    reason,
    status,
    message: sentenceOf(reason, status, words, attempt),
    ...(requestId !== undefined && { requestId }),
    ...(wait !== undefined && { retryAfterMs: wait }),
  };
}

function reasonOf(status: number, words: string | undefined, wait: number | undefined, { ruled, refused }: Attempt): Reason {
  if (isUsedUp(status, words, refused)) return 'conflict';
  // Without a time to wait for, it is the request that is too large, and stays so.
  if (status === 413 && wait === undefined) return 'invalid';
  // To the services a request that no access rule allows is one with an invalid token. Source: keystonemiddleware, `auth_token`.
  if (status === 401 && ruled) return 'forbidden';
  return reasons[status] ?? (status >= 500 ? 'unavailable' : 'malformed');
}

/** Reading uses up nothing; 429 is a proxy's, and about time. */
function isUsedUp(status: number, words: string | undefined, { writes }: Refused): boolean {
  return writes && status >= 400 && status < 500 && status !== 429 && isQuota(words);
}

function sentenceOf(reason: Reason, status: number, words: string | undefined, attempt: Attempt): string {
  const { cloud, project, user, service, doing, refused } = attempt;
  const said = words === undefined ? '' : ` It said: ${/[.!?…]$/.test(words) ? words : `${words}.`}`;
  const where = `The ${service} service of cloud ${cloud}`;
  if (isUsedUp(status, words, refused))
    return `Project ${project} has no quota left to ${doing}.${said} Free some, or ask the cloud's administrator for more.`;
  switch (reason) {
    case 'signedOut':
      return `Cloud ${cloud} no longer accepts ${user}'s token. Sign in again.`;
    case 'forbidden':
      return status === 401
        ? `No access rule of the application credential of cloud ${cloud} lets it ${doing}. Make one with a rule for the ${service} service, or without rules.`
        : `Project ${project} does not let ${user} ${doing}.${said}${roleHint(words, refused)}`;
    case 'throttled':
      return `${where} asks for patience (status ${status}). Try again later.`;
    case 'unavailable':
      return `${where} failed (status ${status}).${said || ' Try again.'}`;
    case 'malformed':
      return `${where} gave an unexpected answer (status ${status}).${said}`;
    default:
      return `${where} refused to ${doing} (status ${status}).${said}${wayOut(words)}`;
  }
}

/**
 * The human text of an error body, whichever service wrote it; undefined when there is none worth reading. Shapes: one key naming the fault
 * (Nova, Cinder, Manila), `NeutronError`, `error` (Keystone, Heat), `faultstring` (Octavia, Ironic, there JSON inside JSON), `errors[]` (Magnum, Placement),
 * `message` (Designate, Glance), `description` (Barbican), or a web page whose title and headline are kept.
 */
export function faultText(response: HttpResponse): string | undefined {
  const text = response.text().slice(0, 100_000);
  const words = looksLikeHtml(response, text) ? pageText(text) : jsonText(text);
  return words === undefined ? undefined : plainText(redactText(words), 200) || undefined;
}

function jsonText(text: string): string | undefined {
  try {
    return messageIn(JSON.parse(text), 0);
  } catch {
    return text.length < 300 ? text : undefined;
  }
}

const messageKeys = ['message', 'faultstring', 'detail', 'description', 'title', 'explanation'];
const nestedKeys = ['NeutronError', 'error', 'error_message', 'errors'];

function messageIn(value: unknown, depth: number): string | undefined {
  if (depth > 4) return undefined;
  if (typeof value === 'string') return value.startsWith('{') ? jsonText(value) : value;
  if (Array.isArray(value)) return messageIn(value[0], depth + 1);
  const fault = asSettings(value);
  // The nested error first: Heat's own `explanation` and `title` are the same for every mistake.
  for (const key of nestedKeys) if (fault[key]) return messageIn(fault[key], depth + 1);
  for (const key of messageKeys) if (typeof fault[key] === 'string' && fault[key] !== '') return fault[key];
  const only = Object.values(fault);
  return only.length === 1 ? messageIn(only[0], depth + 1) : undefined;
}

function pageText(page: string): string | undefined {
  const bare = page
    .replace(/<(script|style|title)[^>]*>[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&\w+;/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return bare === '' ? undefined : bare;
}

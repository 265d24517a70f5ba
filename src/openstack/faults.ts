import type { Failure, Reason } from '../base/failure.ts';
import type { HttpResponse } from '../base/http.ts';
import { looksLikeHtml } from '../base/jsonBody.ts';
import { plainText } from '../base/plainText.ts';
import { redactText } from '../base/redact.ts';
import { retryAfterMs } from '../base/retry.ts';
import { asSettings } from './configFiles.ts';

/** What was being done, as a sentence names it. */
export interface Attempt {
  readonly cloud: string;
  readonly project: string;
  readonly user: string;
  readonly service: string;
  /** `list load balancers`, `read this network`. */
  readonly doing: string;
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

/** One sentence for an answer that is no success: what happened, to whom, in the service's own words where it has any. */
export function serviceFailure(response: HttpResponse, attempt: Attempt): Failure {
  const { status, headers } = response;
  const reason = reasons[status] ?? (status >= 500 ? 'unavailable' : 'malformed');
  const requestId = headers['x-openstack-request-id'] ?? headers['x-compute-request-id'] ?? headers['x-trans-id'];
  const wait = retryAfterMs(headers, Date.now());
  return {
    reason,
    status,
    message: sentenceOf(reason, response, attempt),
    ...(requestId !== undefined && { requestId }),
    ...(wait !== undefined && { retryAfterMs: wait }),
  };
}

function sentenceOf(reason: Reason, response: HttpResponse, { cloud, project, user, service, doing }: Attempt): string {
  const words = faultText(response);
  const said = words === undefined ? '' : ` It said: ${/[.!?…]$/.test(words) ? words : `${words}.`}`;
  const where = `The ${service} service of cloud ${cloud}`;
  switch (reason) {
    case 'signedOut':
      return `Cloud ${cloud} no longer accepts ${user}'s token. Sign in again.`;
    case 'forbidden':
      return `Project ${project} does not let ${user} ${doing}.${said}`;
    case 'throttled':
      return `${where} asks for patience (status ${response.status}). Try again later.`;
    case 'unavailable':
      return `${where} failed (status ${response.status}).${said || ' Try again.'}`;
    case 'malformed':
      return `${where} gave an unexpected answer (status ${response.status}).${said}`;
    default:
      return `${where} refused to ${doing} (status ${response.status}).${said}`;
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

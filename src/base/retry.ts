import { type Clock, systemClock } from './clock.ts';
import { failed, type Result } from './failure.ts';
import type { HttpRequest, HttpResponse } from './http.ts';

/** How patient a caller is. */
export interface Patience {
  readonly clock?: Clock;
  /** In 0…1; spreads waits by ±20 %. */
  readonly random?: () => number;
  readonly attempts?: number;
  /** Longest single wait in ms: 10 s while a person waits, 60 s in the background. */
  readonly longestMs?: number;
  /** Sending it twice does no harm though it writes (server-side apply): it is repeated as a read is. */
  readonly repeatable?: boolean;
  /** Whether an answer of another status tells of trouble that passes by itself. */
  readonly passes?: (response: HttpResponse) => boolean;
}

const retriedStatuses = new Set([429, 498, 502, 503, 504]);
const firstWaitMs = 500;
/** A connection that failed slower than this has timed out: a person is not made to wait for that twice. */
const quickMs = 3_000;

/**
 * Sends a request until it is answered for good. Reads are repeated after lost connections and 429, 498, 502, 503, 504; writes only after 429 and 503 with a
 * Retry-After, since only then the server has said that it did nothing. Retry-After is kept to exactly; a longer one than `longestMs` ends the attempts.
 */
export async function withRetries(
  request: HttpRequest,
  send: (request: HttpRequest) => Promise<Result<HttpResponse>>,
  patience: Patience = {},
): Promise<Result<HttpResponse>> {
  const { clock = systemClock, random = Math.random, attempts = 4, longestMs = 10_000 } = patience;
  for (let attempt = 1; ; attempt++) {
    const started = clock.now();
    const answer = await send(request);
    const quick = clock.now() - started < quickMs;
    const wait =
      attempt < attempts && (answer.ok || quick) ? waitAfter(request, answer, attempt, { ...patience, clock }) : undefined;
    if (wait === undefined || wait.ms > longestMs) return answer;
    await clock.sleep(wait.exact ? wait.ms : wait.ms * (0.8 + 0.4 * random()), request.signal);
    if (request.signal?.aborted) return failed('cancelled', 'Cancelled.');
  }
}

/** Milliseconds of a Retry-After header (seconds or an HTTP date, measured by the server's own Date when it sends one); undefined when absent or senseless. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const value = headers['retry-after']?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  const serverNow = Date.parse(headers['date'] ?? '');
  return Number.isNaN(until) ? undefined : Math.max(0, until - (Number.isNaN(serverNow) ? now : serverNow));
}

function waitAfter(
  request: HttpRequest,
  answer: Result<HttpResponse>,
  attempt: number,
  { clock = systemClock, repeatable = false, passes = () => false }: Patience,
): { ms: number; exact: boolean } | undefined {
  const reads = repeatable || request.method === 'GET' || request.method === 'HEAD';
  const backoff = { ms: Math.min(firstWaitMs * 2 ** (attempt - 1), 60_000), exact: false };
  if (!answer.ok) return reads && answer.failure.reason === 'offline' && attempt === 1 ? backoff : undefined;
  const { status, headers } = answer.value;
  if (!retriedStatuses.has(status) && !passes(answer.value)) return undefined;
  const asked = retryAfterMs(headers, clock.now());
  if (reads) return asked === undefined ? backoff : { ms: asked, exact: true };
  return asked !== undefined && (status === 429 || status === 503) ? { ms: asked, exact: true } : undefined;
}

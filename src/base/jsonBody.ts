import { failed, type Result, success } from './failure.ts';
import type { HttpResponse } from './http.ts';

/**
 * The decoded JSON of an answer. Fails with `malformed` when the body is a web page (a proxy's login, an error page), torn, or empty;
 * `from` is who answered, as the sentence names it: `nova.example:8774`.
 */
export function jsonOf(response: HttpResponse, from: string): Result<unknown> {
  const { status } = response;
  const text = response.text();
  if (looksLikeHtml(response, text)) {
    return failed(
      'malformed',
      `${from} answered with a web page instead of its API (status ${status}). Check the address, and for a proxy or login page in between.`,
      {
        status,
      },
    );
  }
  try {
    return success(JSON.parse(text));
  } catch {
    const what = text === '' ? 'nothing' : 'a torn or unreadable answer';
    return failed('malformed', `${from} sent ${what} (status ${status}, ${response.body.length} bytes). Try again.`, { status });
  }
}

/** Whether the body is a web page, by its media type or its first character. */
export function looksLikeHtml(response: HttpResponse, text = response.text()): boolean {
  return /\bhtml\b/.test(response.headers['content-type'] ?? '') || /^\s*</.test(text.slice(0, 100));
}

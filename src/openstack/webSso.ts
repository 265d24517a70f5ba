import { failed, type Result, success } from '../base/failure.ts';
import type { Arrival, Verdict } from '../base/loopback.ts';
import { identityUrl } from './authRequest.ts';
import { browserAnswer } from './browserAnswer.ts';
import type { CloudConfig } from './cloudConfig.ts';
import { isToken, type Way } from './signInAttempt.ts';

/** The path is a promise between Keystone's operators and their clients. Source: keystoneauth's `websso`, Keystone's federation guide. */
const path = '/auth/websso/';

/**
 * Keystone's own sign-in in the browser: its page posts an unscoped token to the origin that was named, if its operator lists exactly that one as a `trusted_dashboard`.
 * The post carries no state, so any page could send a token of its own while the listener is open; what can be told apart is refused.
 */
export const webSso: Way = (attempt) => {
  const { config } = attempt;
  const origin = originOf(config);
  return browserAnswer(attempt, {
    url: `${startOf(config)}?origin=${encodeURIComponent(origin)}`,
    callback: origin,
    paste: 'token',
    hint: `The cloud's operator must list ${origin} as a trusted_dashboard of Keystone.`,
    judge: (arrival) => judge(arrival, config),
    read: (pasted) =>
      isToken(pasted)
        ? success({ token: pasted })
        : failed('invalid', `What was pasted is not a token. Sign in to cloud ${config.name} again.`),
  });
};

/** What Keystone compares letter by letter. Source: options of keystoneauth-websso and `v3websso`. */
function originOf({ auth }: CloudConfig): string {
  return `http://${auth['redirect_host'] ?? 'localhost'}:${auth['redirect_port'] ?? '9990'}${path}`;
}

/** Without an identity provider Keystone asks the one that its web server was told. Source: identity API reference v3, OS-FEDERATION. */
function startOf(config: CloudConfig): string {
  const { identity_provider: provider, protocol = '' } = config.auth;
  const base = `${identityUrl(config)}/auth/OS-FEDERATION`;
  if (!provider) return `${base}/websso/${encodeURIComponent(protocol)}`;
  return `${base}/identity_providers/${encodeURIComponent(provider)}/protocols/${encodeURIComponent(protocol)}/websso`;
}

function judge(arrival: Arrival, config: CloudConfig): Verdict<Result<{ readonly token: string }>> {
  const { headers, form } = arrival;
  if (arrival.path !== path) return { refuse: 404 };
  if (arrival.method !== 'POST') return { refuse: 405 };
  // A script's post is no navigation; Keystone's form is one.
  if (![undefined, 'navigate'].includes(textOf(headers['sec-fetch-mode']))) return { refuse: 403 };
  const keystone = URL.parse(identityUrl(config))?.origin;
  // From https to http a browser says `null` and leaves the referrer out. Source: Fetch standard, "append a request Origin header".
  for (const said of [textOf(headers.origin), textOf(headers.referer)])
    if (said !== undefined && said !== 'null' && URL.parse(said)?.origin !== keystone) return { refuse: 403 };
  const token = form.get('token') ?? '';
  return isToken(token) ? { answer: success({ token }) } : { refuse: 400 };
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join() : header;
}

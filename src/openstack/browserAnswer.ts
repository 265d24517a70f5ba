import { failed, type Result } from '../base/failure.ts';
import { type Arrival, openLoopback, type Verdict } from '../base/loopback.ts';
import type { CloudConfig } from './cloudConfig.ts';
import type { SignInPage } from './interaction.ts';
import { type SignInAttempt, unattended } from './signInAttempt.ts';

/** An errand of the user's browser: where it goes, and how its answer is known. */
export interface Errand<T> {
  readonly url: string;
  /** Where the answer is brought to. It is listened on if it is a port of this machine's loopback. */
  readonly callback: string;
  readonly paste: NonNullable<SignInPage['paste']>;
  /** What to look at when no answer came: one sentence. */
  readonly hint: string;
  readonly judge: (arrival: Arrival) => Verdict<Result<T>>;
  /** Reads what the user pasted instead. */
  readonly read: (pasted: string) => Result<T>;
}

/** People look for their second factor. `login_timeout`, in seconds, is keystoneauth's option for those who look longer. */
const deadlineMs = ({ auth }: CloudConfig) => Number(auth['login_timeout']) * 1000 || 300_000;

/**
 * Sends the browser, and waits for what it brings to the loopback, or for what the user pastes; the first of both counts. Fails with `signedOut` when nobody is there
 * or no answer came, and `cancelled`.
 */
export async function browserAnswer<T>(attempt: SignInAttempt, errand: Errand<T>): Promise<Result<T>> {
  const { config, pages } = attempt;
  if (!pages?.attended(config.name)) return unattended(config);
  const over = new AbortController();
  const signal = AbortSignal.any([attempt.signal, over.signal]);
  const host = loopbackHost(errand.callback);
  const door =
    host === undefined
      ? failed('unsupported', `${errand.callback} is not on this machine`)
      : await openLoopback({ host, judge: errand.judge, deadlineMs: deadlineMs(config), signal });
  const { url, paste } = errand;
  const way = door.ok ? { callback: errand.callback } : { trouble: door.failure.message };
  const ends = [
    pages
      .show({ cloud: config.name, url, paste, ...way }, signal)
      .then((outcome) => (outcome === 'closed' ? cancelled(config.name) : errand.read(outcome.pasted.trim()))),
  ];
  if (door.ok)
    ends.push(
      door.value.answer.then((answer) => {
        if (answer.ok) return answer.value;
        if (answer.failure.reason === 'cancelled') return cancelled(config.name);
        return failed('signedOut', `Cloud ${config.name} was not signed in to: ${answer.failure.message}. ${errand.hint}`);
      }),
    );
  try {
    return await Promise.race(ends);
  } finally {
    over.abort();
  }
}

/** The user gave up. */
export function cancelled(cloud: string): Result<never> {
  return failed('cancelled', `Signing in to cloud ${cloud} was cancelled.`);
}

/** Host and port of an http address on 127.0.0.1; undefined for any other. */
function loopbackHost(address: string): string | undefined {
  const url = URL.parse(address);
  return url?.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(url.hostname) ? url.host : undefined;
}

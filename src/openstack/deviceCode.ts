import { failed, type Result, success } from '../base/failure.ts';
import { plainText } from '../base/plainText.ts';
import { newProof } from './authorizationCode.ts';
import { cancelled } from './browserAnswer.ts';
import type { Settings } from './configFiles.ts';
import { askToken, hostOf, isError, oauthAnswer, postAsClient, providerOf, refused, scopesOf } from './oidc.ts';
import { type Grant, type SignInAttempt, unattended, type Way } from './signInAttempt.ts';

/** What the user does elsewhere, and how it is asked after. Times in ms. */
interface Device {
  readonly code: string;
  readonly userCode: string;
  readonly url: string;
  readonly expiresAt: number;
  readonly intervalMs: number;
}

const defaultIntervalMs = 5_000;
const longestIntervalMs = 60_000;

/** A code that the user types on the identity provider's page, in any browser anywhere. Source: RFC 8628. */
export const byDeviceCode: Way = async (attempt) => {
  const { config, pages } = attempt;
  if (!pages?.attended(config.name)) return unattended(config);
  const provider = await providerOf(attempt, ['device_authorization_endpoint', 'access_token_endpoint']);
  if (!provider.ok) return provider;
  const { device_authorization_endpoint: url, access_token_endpoint: tokens } = provider.value;
  const method = config.auth['code_challenge_method'];
  const proof = method ? newProof(method) : undefined;
  const challenge = proof && { code_challenge: proof.challenge, code_challenge_method: proof.method };
  const form = { scope: scopesOf(config.auth), ...challenge };
  const answer = await oauthAnswer(attempt, url, await postAsClient(attempt, url, form), []);
  if (!answer.ok) return answer;
  if (isError(answer.value)) return refused(attempt, url, answer.value);
  const device = deviceOf(answer.value, attempt.clock.now());
  if (!device)
    return failed(
      'malformed',
      `${hostOf(url)} did not answer with a code to type. Check device_authorization_endpoint of cloud ${config.name}.`,
    );
  const over = new AbortController();
  const signal = AbortSignal.any([attempt.signal, over.signal]);
  const page = pages.show({ cloud: config.name, url: device.url, code: device.userCode }, signal);
  const verifier = proof && { code_verifier: proof.verifier };
  try {
    return await Promise.race([
      page.then(() => cancelled(config.name)),
      polled({ ...attempt, signal }, tokens, device, verifier),
    ]);
  } finally {
    over.abort();
  }
};

/** Asks until the user has decided or the code has expired, never faster than the provider wants. Source: RFC 8628, sections 3.4 and 3.5. */
async function polled(
  attempt: SignInAttempt,
  url: string,
  device: Device,
  verifier: { readonly code_verifier: string } | undefined,
): Promise<Result<Grant>> {
  const { clock, signal, config } = attempt;
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: device.code, ...verifier };
  let { intervalMs } = device;
  for (;;) {
    await clock.sleep(Math.min(intervalMs, device.expiresAt - clock.now()), signal);
    if (signal.aborted) return cancelled(config.name);
    if (clock.now() >= device.expiresAt) return refused(attempt, url, { error: 'expired_token', description: '', status: 400 });
    const answer = await askToken(attempt, url, form);
    if (!answer.ok) {
      // A connection that was lost is tried again, at half the pace.
      if (answer.failure.reason !== 'offline') return answer;
      intervalMs = Math.min(intervalMs * 2, longestIntervalMs);
    } else if (!isError(answer.value)) return success(answer.value);
    else if (answer.value.error === 'slow_down') intervalMs += 5_000;
    else if (answer.value.error !== 'authorization_pending') return refused(attempt, url, answer.value);
  }
}

/** Some providers write `verification_url`, and not all send the address that has the code in it. */
function deviceOf(answer: Settings, now: number): Device | undefined {
  const { device_code: code, user_code: userCode, expires_in: expires, interval } = answer;
  const url = [answer['verification_uri_complete'], answer['verification_uri'], answer['verification_url']].find(isPage);
  if (typeof code !== 'string' || typeof userCode !== 'string' || url === undefined) return undefined;
  const seconds = Number(interval);
  return {
    code,
    userCode: plainText(userCode, 40),
    url,
    expiresAt: now + (Number(expires) > 0 ? Number(expires) : 600) * 1000,
    intervalMs: seconds > 0 ? seconds * 1000 : defaultIntervalMs,
  };
}

/** What a browser may be sent to. */
function isPage(url: unknown): url is string {
  return typeof url === 'string' && /^https?:\/\//i.test(url) && URL.canParse(url);
}

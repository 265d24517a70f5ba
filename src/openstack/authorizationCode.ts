import { createHash, randomBytes } from 'node:crypto';
import { failed, type Result, success } from '../base/failure.ts';
import { plainText } from '../base/plainText.ts';
import { browserAnswer } from './browserAnswer.ts';
import type { CloudConfig } from './cloudConfig.ts';
import { providerOf, refused, requestGrant, scopesOf } from './oidc.ts';
import { type SignInAttempt, unattended, type Way } from './signInAttempt.ts';

/** A proof that who brings the code is who asked for it. Source: RFC 7636, sections 4.1 and 4.2. */
export interface Proof {
  readonly verifier: string;
  readonly challenge: string;
  readonly method: string;
}

/** A fresh one; both methods of the RFC. */
export function newProof(method = 'S256'): Proof {
  const verifier = randomBytes(42).toString('base64url');
  return {
    verifier,
    challenge: method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url'),
    method,
  };
}

/** What came back in the address that the browser ended at. */
type Redirect = Result<{ readonly code: string }>;

/**
 * The identity provider's page in the browser, which ends at the redirect address with a code; the code and its proof are changed for tokens.
 * Sources: RFC 6749 section 4.1, RFC 7636, RFC 8252, RFC 9207.
 */
export const byAuthorizationCode: Way = async (attempt) => {
  const { config, pages } = attempt;
  const { auth } = config;
  const given = attempt.takeCode();
  if (given === undefined && !pages?.attended(config.name)) return unattended(config);
  const redirect = redirectOf(auth);
  const provider = await providerOf(
    attempt,
    given === undefined ? ['access_token_endpoint', 'authorization_endpoint'] : ['access_token_endpoint'],
  );
  if (!provider.ok) return provider;
  const { access_token_endpoint: tokens } = provider.value;
  const grant = { grant_type: 'authorization_code', redirect_uri: redirect };
  if (given !== undefined) return requestGrant(attempt, tokens, { ...grant, code: given });
  const proof = newProof();
  const state = randomBytes(32).toString('base64url');
  const url = new URL(provider.value.authorization_endpoint);
  const query = {
    response_type: 'code',
    client_id: auth['client_id'] ?? '',
    redirect_uri: redirect,
    scope: scopesOf(auth),
    state,
  };
  for (const [name, value] of Object.entries({ ...query, code_challenge: proof.challenge, code_challenge_method: proof.method }))
    url.searchParams.set(name, value);
  const read = (answer: URLSearchParams): Redirect | undefined =>
    answer.get('state') === state ? codeOf(attempt, url.href, answer, provider.value.issuer) : undefined;
  const { pathname } = new URL(redirect);
  const answer = await browserAnswer<{ readonly code: string }>(attempt, {
    url: url.href,
    callback: redirect,
    paste: 'address',
    hint: `The identity provider must know ${redirect} as a redirect address of client ${plainText(auth['client_id'] ?? '')}.`,
    judge: ({ method, path, query: brought }) => {
      if (path !== pathname) return { refuse: 404 };
      if (method !== 'GET') return { refuse: 405 };
      const code = read(brought);
      return code ? { answer: code } : { refuse: 400 };
    },
    read: (pasted) =>
      read(URL.parse(pasted)?.searchParams ?? new URLSearchParams()) ??
      failed('invalid', `What was pasted is not the address that this sign-in to cloud ${config.name} ended at. Sign in again.`),
  });
  if (!answer.ok) return answer;
  return requestGrant(attempt, tokens, { ...grant, code: answer.value.code, code_verifier: proof.verifier });
};

/** keystoneauth has no default; this is the port by which browsers come back from Keystone, too. */
function redirectOf(auth: CloudConfig['auth']): string {
  const given = auth['redirect_uri'];
  if (given && URL.canParse(given)) return given;
  return `http://${auth['redirect_host'] ?? 'localhost'}:${auth['redirect_port'] ?? '9990'}/auth/oidc/`;
}

function codeOf(attempt: SignInAttempt, url: string, answer: URLSearchParams, issuer: string | undefined): Redirect {
  const { name } = attempt.config;
  const from = answer.get('iss');
  if (from !== null && issuer !== undefined && from !== issuer)
    return failed('forbidden', `Another identity provider answered the sign-in to cloud ${name}. It was refused.`);
  const error = answer.get('error');
  if (error !== null)
    return refused(attempt, url, {
      error: plainText(error, 60),
      description: plainText(answer.get('error_description') ?? ''),
      status: 200,
    });
  const code = answer.get('code');
  return code ? success({ code }) : failed('malformed', `The identity provider of cloud ${name} sent no code. Sign in again.`);
}

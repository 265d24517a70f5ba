import { type Clock, systemClock } from '../base/clock.ts';
import { failed, type Result, success } from '../base/failure.ts';
import { SingleFlight } from '../base/singleFlight.ts';
import { byAuthorizationCode } from './authorizationCode.ts';
import { type FederatedType, identityUrl, tokensUrl } from './authRequest.ts';
import type { CloudConfig } from './cloudConfig.ts';
import { byDeviceCode } from './deviceCode.ts';
import type { AskSecret, SignInPages } from './interaction.ts';
import { askToken, byAccessToken, byClientCredentials, byPassword, isError, providerOf } from './oidc.ts';
import type { Grant, Send, SignInAttempt, Way } from './signInAttempt.ts';
import { marginMs, type Token } from './token.ts';
import { tokenOf } from './tokenAnswer.ts';
import { webSso } from './webSso.ts';

/** Auth type → how the user signs in. */
const ways: Readonly<Record<FederatedType, Way>> = {
  v3websso: webSso,
  v3oidcauthcode: byAuthorizationCode,
  v3oidcdeviceauthz: byDeviceCode,
  v3oidcpassword: byPassword,
  v3oidcclientcredentials: byClientCredentials,
  v3oidcaccesstoken: byAccessToken,
};

export interface FederationOptions {
  readonly config: CloudConfig;
  readonly clock?: Clock | undefined;
  readonly askSecret?: AskSecret | undefined;
  readonly pages?: SignInPages | undefined;
}

/** The sign-in of one entry at its identity provider, shared by the entry's regions. What it holds stays in memory: an unscoped token of Keystone, and how to renew it. */
export class Federation {
  readonly #options: FederationOptions;
  readonly #clock: Clock;
  readonly #flights = new SingleFlight<Result<Token>>();
  #token: Token | undefined;
  #refresh: string | undefined;
  #codeTaken = false;

  constructor(options: FederationOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * An unscoped token with at least two minutes left: the one at hand, else by the identity provider's refresh token, else by signing in. A page is opened only when
   * somebody has just asked to sign in. Fails as the ways do, and with what Keystone says to the identity provider's word.
   */
  async token(send: Send, signal?: AbortSignal): Promise<Result<Token>> {
    if (this.#token && this.#token.expiresAt - this.#clock.now() >= marginMs) return success(this.#token);
    return await this.#flights.run('', (ending) => this.#obtain(send, ending), failed('cancelled', 'Cancelled.'), signal);
  }

  /** Lets go of a token that Keystone no longer takes. */
  drop(value: string): void {
    if (this.#token?.value === value) this.#token = undefined;
  }

  /** Lets go of everything: the next call signs in anew. */
  forget(): void {
    this.#token = undefined;
    this.#refresh = undefined;
  }

  async #obtain(send: Send, signal: AbortSignal): Promise<Result<Token>> {
    const { config, askSecret, pages } = this.#options;
    const takeCode = () => {
      const code = this.#codeTaken ? undefined : config.auth['code'];
      this.#codeTaken = true;
      return code;
    };
    const attempt: SignInAttempt = { config, clock: this.#clock, send, signal, askSecret, pages, takeCode };
    const grant = (await this.#refreshed(attempt)) ?? (await ways[config.authType as FederatedType](attempt));
    if (!grant.ok) return grant;
    const token = await this.#exchanged(attempt, grant.value);
    if (token.ok) this.#token = token.value;
    const refused = !token.ok && token.failure.reason === 'signedOut';
    this.#refresh = !refused && 'bearer' in grant.value ? grant.value.refresh : undefined;
    return token;
  }

  /** Undefined when there is nothing to renew by, or the identity provider no longer takes it. */
  async #refreshed(attempt: SignInAttempt): Promise<Result<Grant> | undefined> {
    const refresh = this.#refresh;
    if (refresh === undefined) return undefined;
    const provider = await providerOf(attempt, ['access_token_endpoint']);
    if (!provider.ok) return provider;
    const form = { grant_type: 'refresh_token', refresh_token: refresh };
    const answer = await askToken(attempt, provider.value.access_token_endpoint, form);
    if (!answer.ok) return answer.failure.reason === 'malformed' ? undefined : answer;
    if (isError(answer.value)) return undefined;
    // A provider that does not rotate them leaves the old one good.
    return success('bearer' in answer.value ? { ...answer.value, refresh: answer.value.refresh ?? refresh } : answer.value);
  }

  /** The identity provider's word for an unscoped token of Keystone; a token that the browser brought is looked at before it is believed. Source: identity API reference v3, OS-FEDERATION. */
  async #exchanged({ config, send, signal }: SignInAttempt, grant: Grant): Promise<Result<Token>> {
    const now = () => this.#clock.now();
    if ('token' in grant) {
      const headers = { 'x-auth-token': grant.token, 'x-subject-token': grant.token };
      const answer = await send({ method: 'GET', url: tokensUrl(config), headers, signal });
      return tokenOf(config, answer, now(), { credential: 'the token that the browser brought', value: grant.token });
    }
    const { identity_provider: provider = '', protocol = '' } = config.auth;
    const path = `/OS-FEDERATION/identity_providers/${encodeURIComponent(provider)}/protocols/${encodeURIComponent(protocol)}/auth`;
    const headers = { authorization: `Bearer ${grant.bearer}` };
    const answer = await send({ method: 'POST', url: `${identityUrl(config)}${path}`, headers, signal });
    return tokenOf(config, answer, now(), { credential: `what identity provider ${provider} says (protocol ${protocol})` });
  }
}

import { failed, type Result, success } from '../base/failure.ts';
import type { Http } from '../base/http.ts';
import { jsonOf } from '../base/jsonBody.ts';
import { asSettings, merged, type Settings } from './configFiles.ts';
import { vendorProfiles } from './vendorProfiles.ts';

/**
 * Fetches the profile that a provider publishes for its own cloud: `GET <scheme>://<host>/.well-known/openstack/api`, a JSON `{name, profile}`; a bundled profile of that
 * name is laid over it. Fails with `untrusted` for an unencrypted address that is not this machine's, `invalid` when there is none, or the transport's reasons.
 * Source: openstacksdk, `config/vendors`.
 */
export async function fetchProfile(http: Http, cloud: string, address: string, signal?: AbortSignal): Promise<Result<Settings>> {
  const named = URL.parse(address);
  if (!named) return failed('invalid', `Cloud ${cloud} names the profile ${address}, which is not a URL.`);
  // Whoever could change the answer on its way would be told the password.
  if (named.protocol !== 'https:' && !isLoopback(named.hostname))
    return failed(
      'untrusted',
      `Cloud ${cloud} takes its profile from ${named.host} over an unencrypted connection, which is not used. Name it by https.`,
    );
  const answer = await http.request({
    method: 'GET',
    url: `${named.origin}/.well-known/openstack/api`,
    headers: { accept: 'application/json' },
    timeoutMs: 10_000,
    maxBytes: 1024 * 1024,
    ...(signal && { signal }),
  });
  if (!answer.ok) return answer;
  const { status } = answer.value;
  const missing = (what: string) =>
    failed('invalid', `Cloud ${cloud} takes its profile from ${named.host}, which ${what}. Check its profile setting.`, {
      status,
    });
  if (status !== 200) return missing(`has none (status ${status})`);
  const json = jsonOf(answer.value, named.host);
  if (!json.ok) return json;
  const { name, profile } = asSettings(json.value);
  if (typeof name !== 'string' || typeof profile !== 'object') return missing('answers with something else');
  // A profile within the profile has been followed by now.
  const { profile: _followed, ...rest } = asSettings(merged(asSettings(profile), vendorProfiles[name]));
  return success(rest);
}

/** Whether a host name is this machine itself. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

import { failed, type Result, success } from '../base/failure.ts';
import { type CloudConfig, cloudConfig } from './cloudConfig.ts';
import type { Settings } from './configFiles.ts';

/** Ways to sign in that ask nobody anything and read nothing else: what a Secret can hold for a controller. Source: gophercloud's `clouds` package. */
const unattended = new Set(['password', 'v3password', 'v3applicationcredential']);

/**
 * The same cloud, reached as its own entry says, signed in to with other credentials: an entry of clouds.yaml as a Secret holds it. Of that entry only the credentials, the scope and
 * the region count: addresses, certificates, interfaces and profiles are those of the machine that the entry is read on, or were put there by who knows whom.
 * Fails with `unsupported` for other ways to sign in than by password or application credential, and with `conflict` for another Keystone.
 */
export function withCredentials(base: CloudConfig, entry: Settings, region?: string): Result<CloudConfig> {
  const { profile: _profile, cloud: _cloud, regions: _regions, verify: _verify, cacert: _cacert, ...own } = entry;
  const read = cloudConfig(base.name, own, undefined, { publicClouds: {} });
  if (!read.ok) return read;
  const { auth, authType } = read.value;
  const [here = '', there = here] = [base.auth['auth_url'], auth['auth_url']];
  if (keystoneOf(there) !== keystoneOf(here))
    return failed(
      'conflict',
      `These credentials are for ${keystoneOf(there)}, not for cloud ${base.name} (${keystoneOf(here)}).`,
    );
  // What wants no type has an application credential's secret or a password.
  const type = authType === 'password' && auth['application_credential_secret'] ? 'v3applicationcredential' : authType;
  if (!unattended.has(type)) return failed('unsupported', `These credentials sign in by ${type}, which asks somebody.`);
  return success({
    ...base,
    authType: type,
    auth: { ...auth, auth_url: here },
    region: region ?? read.value.region ?? base.region,
  });
}

/** The address of a Keystone as one compares it: without the version and trailing slashes, host and scheme in small letters. */
export function keystoneOf(authUrl: string): string {
  const url = URL.parse(authUrl);
  if (!url) return authUrl;
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '').replace(/\/v\d(?:\.\d)?$/, '')}`;
}

import { parseAllDocuments } from 'yaml';
import { redact } from '../base/redact.ts';
import { computedValues, type Release } from './helmRelease.ts';

/** Keys whose value is likely a secret: charts name them as they like, so a part of the word counts. */
const secretKey =
  /pass(?:word|wd|phrase)?$|password|secret|token|credential|api_?-?key|private_?-?key|access_?-?key|dsn$|connectionstring/i;
/** Keys that name or switch a secret and hold none. */
const harmlessKey = /^existing|(?:name|ref|refs|key|keys|enabled|create|mount|path|type|annotations|labels)$/i;
const keyOfKey = /(?:api|private|access)_?-?key$/i;
const isSecretKey = (key: string) => secretKey.test(key) && (keyOfKey.test(key) || !harmlessKey.test(key));

/** Shorter ones would be found in every other word. */
const shortestFound = 6;

/** The texts in a release's values that are likely secrets: they are looked for in everything else it holds. */
export function secretsOf(release: Release): readonly string[] {
  const found = new Set<string>();
  const walk = (value: unknown, secret: boolean): void => {
    if (typeof value === 'string' && secret && value.length >= shortestFound) found.add(value);
    else if (Array.isArray(value)) for (const one of value) walk(one, secret);
    else if (typeof value === 'object' && value !== null)
      for (const [key, one] of Object.entries(value)) walk(one, isSecretKey(key) || (secret && !harmlessKey.test(key)));
  };
  walk(computedValues(release), false);
  walk(release.config, false);
  return [...found].sort((one, other) => other.length - one.length);
}

/** Plain data with what is likely a secret replaced by `***`: by its key, by the name beside it (`{name: DB_PASSWORD, value: …}`), and wherever one of `secrets` is part of a text. */
export function maskSecrets(value: unknown, secrets: readonly string[]): unknown {
  const hidden = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(hidden);
    if (typeof one === 'object' && one !== null)
      return Object.fromEntries(
        Object.entries(one).map(([key, member]) => [key, harmlessKey.test(key) ? walk(member) : hidden(member)]),
      );
    return one === '' || one === null || typeof one === 'boolean' ? one : '***';
  };
  const walk = (one: unknown): unknown => {
    if (typeof one === 'string') return maskText(one, secrets);
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== 'object' || one === null) return one;
    const named = 'name' in one && typeof one.name === 'string' && isSecretKey(one.name);
    const member = ([key, below]: [string, unknown]) => [
      key,
      isSecretKey(key) || (named && key === 'value') ? hidden(below) : walk(below),
    ];
    return Object.fromEntries(Object.entries(one).map(member));
  };
  return walk(value);
}

/** A text without the secrets. */
export function maskText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

/** The objects of a manifest, each with the line that tells its template; undefined where a document cannot be read and so could not be masked. Secrets have lost their data. */
export function maskedObjects(
  manifest: string,
  secrets: readonly string[],
): readonly { readonly source: string; readonly object: unknown }[] | undefined {
  const parts = manifest.split(/^---[ \t]*$/m).filter((part) => part.trim() !== '');
  const objects = parts.map((part) => {
    const [document, ...more] = parseAllDocuments(part);
    if (!document || !('errors' in document) || document.errors.length > 0 || more.length > 0) return undefined;
    const source = /^# Source: .*$/m.exec(part)?.[0] ?? '';
    return { source, object: masked(document.toJS(), secrets) };
  });
  return objects.every((one) => one !== undefined) ? objects : undefined;
}

/** What says that it is a Secret is redacted as one; a `secret:` elsewhere in an object names one, and what names it stays. */
function masked(object: unknown, secrets: readonly string[]): unknown {
  return maskSecrets(redact(object), secrets);
}

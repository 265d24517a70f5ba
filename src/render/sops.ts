import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type Failure, type Result, success } from '../base/failure.ts';
import { field, isFields, type Path } from '../base/fields.ts';
import { runFirst } from './program.ts';

/** Gives the text of a file on this disk decrypted. Fails with `notFound` when the program is not there, `invalid` with its own words when it refuses. */
export type Decrypt = (file: string, signal?: AbortSignal) => Promise<Result<string>>;

/** Where sops and what it calls (age, GnuPG, the key services of clouds, Vault) find their keys. Source: getsops.io, "Usage". */
const keys =
  /^(?:SOPS_\w+|GNUPGHOME|GPG_\w+|AWS_\w+|GOOGLE_\w+|AZURE_\w+|VAULT_\w+|HUAWEICLOUD_\w+|HTTPS?_PROXY|NO_PROXY|SSH_AUTH_SOCK)$/i;

/** The user's own `sops`. What it prints stays in memory. */
export const installedSops: Decrypt = (file, signal) =>
  runFirst([['sops']], ['--decrypt', resolve(file)], tmpdir(), signal, { environment: keys });

/** Whether SOPS encrypted a YAML or JSON text: its own part and an encrypted value are in it. */
export function isEncrypted(text: string): boolean {
  return /^sops:\s*$|"sops"\s*:\s*\{/m.test(text) && MARK.test(text);
}

const MARK = /ENC\[AES256_GCM,/;

/** What stands for a value that SOPS encrypted, with the value. Each mark has a nonce of its own, so that it is found again wherever it was copied to. */
export type Decrypted = ReadonlyMap<string, unknown>;

/** Decrypts the values of a file that SOPS encrypted. Fails as `decrypt` does. */
export async function decryptedValues(
  file: string,
  text: string,
  decrypt: Decrypt,
  signal?: AbortSignal,
): Promise<Result<Decrypted>> {
  const plain = await decrypt(file, signal);
  if (!plain.ok) return plain;
  const values = new Map<string, unknown>();
  const documents = dataOf(plain.value);
  dataOf(text).forEach((encrypted, index) => {
    for (const [path, mark] of marksIn(encrypted)) values.set(mark, field(documents[index], ...path));
  });
  return success(values);
}

function dataOf(text: string): readonly unknown[] {
  return parseAllDocuments(text, { logLevel: 'silent' }).map((document) => document.toJS() as unknown);
}

/** Every encrypted value of a tree with its place, but for those of SOPS' own part. */
export function* marksIn(tree: unknown, path: Path = []): Iterable<readonly [Path, string]> {
  if (typeof tree === 'string' && MARK.test(tree)) yield [path, tree];
  const inside = Array.isArray(tree) ? [...tree.entries()] : isFields(tree) ? Object.entries(tree) : [];
  for (const [step, value] of inside) if (path.length > 0 || step !== 'sops') yield* marksIn(value, [...path, step]);
}

/** The tree with the values in place of their marks, and without SOPS' own part. A mark that nobody decrypted stays. */
export function withValues(tree: unknown, values: Decrypted, path: Path = []): unknown {
  if (typeof tree === 'string') return values.has(tree) ? values.get(tree) : tree;
  if (Array.isArray(tree)) return tree.map((item, index) => withValues(item, values, [...path, index]));
  if (!isFields(tree)) return tree;
  const entries = Object.entries(tree).filter(([name]) => path.length > 0 || name !== 'sops');
  return Object.fromEntries(entries.map(([name, value]) => [name, withValues(value, values, [...path, name])]));
}

/** One text of all values files, those that SOPS encrypted decrypted: merged as Helm does, mappings key by key and everything else whole. Source: helm, `pkg/cli/values/options.go`. */
export function mergedValues(texts: readonly string[], values: Decrypted): string {
  const merge = (before: unknown, after: unknown): unknown => {
    if (!isFields(before) || !isFields(after)) return after;
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return Object.fromEntries(names.map((name) => [name, name in after ? merge(before[name], after[name]) : before[name]]));
  };
  const all = texts.map((text) => withValues(dataOf(text)[0], values) ?? {});
  return JSON.stringify(all.reduce(merge, {}));
}

/** Why an encrypted file keeps a deploy from going out, in one sentence. */
export function undecrypted(name: string, { reason, message }: Failure): string {
  return reason === 'notFound'
    ? `${name} is encrypted with SOPS, and sops is not installed here. Install sops and its key, and deploy again.`
    : `${name} is encrypted with SOPS and could not be decrypted: ${message}`;
}

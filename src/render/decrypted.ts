import { failed, type Result, success } from '../base/failure.ts';
import { isFields, type Path } from '../base/fields.ts';
import { fileName } from '../deploy/files/fileName.ts';
import type { Gathered } from '../deploy/files/gather.ts';
import { TEMPLATE } from '../deploy/files/readManifests.ts';
import type { Written } from '../deploy/files/written.ts';
import type { Blocker } from '../deploy/types.ts';
import type { KubeObject } from '../kubernetes/cluster.ts';
import type { Finding } from '../manifest/finding.ts';
import { LineIndex } from '../manifest/lineIndex.ts';
import { type Manifest, parseManifests } from '../manifest/manifest.ts';
import { type Decrypt, type Decrypted, decryptedValues, isEncrypted, marksIn, undecrypted, withValues } from './sops.ts';

/** What came of one rendering, or of the encrypted manifests. */
export interface Reading extends Pick<Gathered, 'written' | 'findings' | 'blockers' | 'references' | 'unchecked' | 'paused'> {}

export const nothing: Reading = { written: [], findings: [], blockers: [], references: 0, unchecked: 0 };

/** Decrypts each file once. */
export class Decryption {
  readonly #decrypt: Decrypt;
  readonly #signal: AbortSignal | undefined;
  readonly #known = new Map<string, Promise<Result<Decrypted>>>();

  constructor(decrypt: Decrypt, signal: AbortSignal | undefined) {
    this.#decrypt = decrypt;
    this.#signal = signal;
  }

  /** The values of all encrypted files among some. Fails with the first that cannot be decrypted, in a sentence. */
  async of(texts: Iterable<readonly [file: string, text: string]>): Promise<Result<Decrypted>> {
    const all = new Map<string, unknown>();
    for (const [file, text] of texts) {
      if (!isEncrypted(text)) continue;
      const reading = this.#known.get(file) ?? decryptedValues(file, text, this.#decrypt, this.#signal);
      this.#known.set(file, reading);
      const values = await reading;
      if (!values.ok)
        return failed(values.failure.reason, undecrypted(fileName(file), values.failure), { at: { file, line: 1 } });
      for (const [mark, value] of values.value) all.set(mark, value);
    }
    return success(all);
  }
}

/**
 * The manifests that SOPS encrypted as they stand, with their values. `instead`: the findings that they are encrypted, in whose place these come; what cannot be decrypted blocks with its reason.
 */
export async function decryptedManifests(
  { texts, findings }: Gathered,
  decryption: Decryption,
): Promise<{ readonly readings: readonly Reading[]; readonly instead: ReadonlySet<Finding> }> {
  const readings: Reading[] = [];
  const instead = new Set<Finding>();
  for (const [file, text] of texts) {
    const waiting = findings.filter((one) => one.code === TEMPLATE && one.file === file);
    if (waiting.length === 0 || !isEncrypted(text)) continue;
    const encrypted = parseManifests(file, text).filter(({ local }) => local.document.templateKind === 'decrypted');
    const values = await decryption.of([[file, text]]);
    const written = encrypted.flatMap((manifest) => writtenAs(manifest, text));
    for (const { range } of values.ok ? written.map(({ source }) => source) : encrypted)
      for (const one of waiting) if (one.range.start >= range.start && one.range.start <= range.end) instead.add(one);
    if (values.ok) readings.push({ ...nothing, ...openly(written, values.value) });
    else readings.push({ ...nothing, blockers: [blockerAt(file, values.failure.message)] });
  }
  return { readings, instead };
}

function writtenAs(manifest: Manifest, text: string): readonly Written[] {
  const { file, range, index } = manifest;
  const object = manifest.toJson();
  const lines = new LineIndex(text);
  const placeOf = (path: Path) => {
    const place = manifest.rangeOf(path);
    return { file, range: place, line: lines.positionAt(place.start).line + 1 };
  };
  return object.ok ? [{ object: object.value as KubeObject, source: { ...placeOf([]), range, index }, placeOf }] : [];
}

/** Objects with their decrypted values. One that is no Secret must not have any: it would be shown in plans. */
export function openly(written: readonly Written[], values: Decrypted): Pick<Reading, 'written' | 'findings'> {
  const findings: Finding[] = [];
  const open = written.map((one): Written => {
    const shown = isSecret(one.object) ? undefined : ([...marksIn(one.object)][0] ?? plainIn(one.object, values));
    if (shown) findings.push(secretShown(one, shown[0]));
    const closed = isSecret(one.object) ? hiddenMarks(one.object) : undefined;
    if (closed) findings.push(secretUnread(one, closed));
    return { ...one, object: withValues(one.object, values) as KubeObject };
  });
  return { written: open, findings };
}

const isSecret = ({ apiVersion, kind }: KubeObject) => apiVersion === 'v1' && kind === 'Secret';

/** Shorter texts are found anywhere. */
const shortest = 6;

/** Where a decrypted text stands in an object that was rendered with it. */
function plainIn(object: unknown, values: Decrypted, path: Path = []): readonly [Path] | undefined {
  if (typeof object === 'string') {
    const texts = [...values.values()].filter((value) => typeof value === 'string' && value.length >= shortest);
    return texts.some((text) => object.includes(String(text))) ? [path] : undefined;
  }
  const inside = Array.isArray(object) ? [...object.entries()] : isFields(object) ? Object.entries(object) : [];
  for (const [step, value] of inside) {
    const found = plainIn(value, values, [...path, step]);
    if (found) return found;
  }
  return undefined;
}

/** A key of a Secret that holds a whole encrypted file, as generators make of it. */
function hiddenMarks({ data }: KubeObject): Path | undefined {
  const entries = Object.entries(isFields(data) ? data : {});
  const found = entries.find(
    ([, value]) => typeof value === 'string' && /ENC\[AES256_GCM,/.test(Buffer.from(value, 'base64').toString()),
  );
  return found && ['data', found[0]];
}

function secretShown(one: Written, path: Path): Finding {
  const { file, range } = one.placeOf(path);
  const message = `${one.object.kind} ${one.object.metadata.name} has an encrypted value in ${path.join('.')}, where plans and readers of the object would see it. Put it into a Secret.`;
  return { file, range, severity: 'error', code: 'deploy.secretShown', message };
}

function secretUnread(one: Written, path: Path): Finding {
  const { file, range } = one.placeOf(path);
  const message = `Secret ${one.object.metadata.name}, ${path.join('.')}: a file that SOPS encrypted is put in as it is. Write the Secret itself and encrypt that.`;
  return { file, range, severity: 'error', code: TEMPLATE, message };
}

/** Blocks at the beginning of a file. */
export function blockerAt(file: string, message: string): Blocker {
  return { message, place: { file, range: { start: 0, end: 0 }, line: 1 } };
}

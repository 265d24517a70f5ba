import { fieldsAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { keyOf } from '../../kubernetes/objectKey.ts';
import { refOf } from '../plan/prepare.ts';

/** Shorter values are ordinary words more often than secrets: masking them would only make sentences unreadable. */
const SHORTEST = 6;
/** Lines of a file in a Secret are words of its format even more often. */
const SHORTEST_LINE = 8;
/** So many characters of a value in a sentence about its own Secret are no accident: servers quote the surroundings of what they cannot decode. */
const PIECE = 8;
const MASKED = '***';

/** Takes the values of the Secrets of a plan out of a text. `key` is the step that the text is about. */
export type SecretMask = (text: string, key?: string) => string;

/**
 * Makes a mask for what a server may say of a plan. A value is taken out wherever it stands, plain or in base64; in a text about the Secret itself, also any piece of it, because
 * the API server quotes some bytes around what it cannot decode.
 */
export function secretMask(objects: readonly KubeObject[]): SecretMask {
  const own = new Map<string, readonly string[]>();
  for (const object of objects) {
    const values = object.kind === 'Secret' && object.apiVersion === 'v1' ? formsOf(object) : [];
    if (values.length > 0) own.set(keyOf(refOf(object)), values);
  }
  if (own.size === 0) return (text) => text;
  const all = [...new Set([...own.values()].flat())].sort((one, other) => other.length - one.length);
  return (text, key) => {
    const whole = all.reduce((left, value) => (left.includes(value) ? left.replaceAll(value, MASKED) : left), text);
    return withoutPieces(whole, own.get(key ?? '') ?? []);
  };
}

/** Each value of a Secret as it may be quoted or printed: as text, in base64, escaped as JSON and Go do, and a file line by line. */
function formsOf(secret: KubeObject): string[] {
  const encoded = texts(fieldsAt(secret, 'data')).flatMap((value) => [value, Buffer.from(value, 'base64').toString('utf8')]);
  const plain = texts(fieldsAt(secret, 'stringData')).flatMap((value) => [value, Buffer.from(value).toString('base64')]);
  const whole = [...encoded, ...plain].flatMap((value) => [value, value.trim(), JSON.stringify(value).slice(1, -1)]);
  const lines = [...encoded, ...plain].flatMap((value) => value.split('\n').map((line) => line.trim()));
  const forms = [...whole.filter(({ length }) => length >= SHORTEST), ...lines.filter(({ length }) => length >= SHORTEST_LINE)];
  return [...new Set(forms)];
}

/** All texts below, and numbers as the server quotes them: what is no text where one belongs is a secret all the same. */
function texts(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

function withoutPieces(text: string, values: readonly string[]): string {
  if (values.length === 0) return text;
  let masked = '';
  let hiddenTo = 0;
  for (let at = 0; at < text.length; at++) {
    const piece = text.slice(at, at + PIECE);
    if (piece.length === PIECE && values.some((value) => value.includes(piece))) {
      if (at >= hiddenTo) masked += MASKED;
      hiddenTo = at + PIECE;
    }
    if (at >= hiddenTo) masked += text[at];
  }
  return masked;
}

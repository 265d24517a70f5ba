import type { Range } from '../manifest/finding.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Path } from '../manifest/path.ts';
import type { SourcePlace } from './sourceDocument.ts';

/** A field of a rendered object: what stands there as a text, undefined for a mapping or a list. */
export interface RenderedField {
  readonly manifest: Manifest;
  readonly path: Path;
  readonly of: 'key' | 'value';
  readonly text: string | undefined;
}

/** What came of rendering: manifests as one text, and the way back. */
export interface Rendered {
  readonly text: string;
  /** Whether what stands at a place may be overridden by what nobody can read here, such as the values in a Secret: it accuses nobody. */
  mayBeOtherwise?(place: SourcePlace): boolean;
  /** Where the source says what stands in a field; undefined when no line can be told. */
  locate(field: RenderedField): SourcePlace | undefined;
}

/**
 * Where a value stands in texts that something makes values of in ways not known here: a line that has the key, too, else, for a value that hardly means anything else, the first.
 * Texts in the order of trust.
 */
export function looselyFound(
  texts: Iterable<readonly [file: string, text: string]>,
  value: string,
  key: string | number | undefined,
): SourcePlace | undefined {
  if (value.length < 4 || value.includes('\n')) return undefined;
  let elsewhere: SourcePlace | undefined;
  for (const [file, text] of texts)
    for (const range of occurrences(text, value)) {
      const place = { file, range, literal: true };
      const line = text.slice(text.lastIndexOf('\n', range.start - 1) + 1, range.start);
      if (typeof key === 'string' && line.includes(key)) return place;
      elsewhere ??= place;
    }
  return value.length < 8 ? undefined : elsewhere;
}

/** Every place where a value stands as a word of its own. */
export function* occurrences(text: string, value: string): Iterable<Range> {
  for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + 1)) {
    const end = start + value.length;
    if (!/[\w-]/.test(text[start - 1] ?? ' ') && !/[\w-]/.test(text[end] ?? ' ')) yield { start, end };
  }
}

import { scalarFindings } from './ambiguousScalars.ts';
import { fixedFindings } from './fixedValues.ts';
import type { LocalManifest } from './manifest.ts';
import { misspeltKeys } from './misspeltKeys.ts';
import type { LocalFinding } from './parse.ts';
import { ownSelectorFindings } from './selections.ts';

/** All that is wrong with a manifest without asking anybody; of a value that both a table and the reader of scalars speak of, what the table says. */
export function staticFindings(manifest: LocalManifest): readonly LocalFinding[] {
  const fixed = fixedFindings(manifest);
  const scalars = scalarFindings(manifest);
  const keys = misspeltKeys(manifest.root);
  const own = ownSelectorFindings(manifest);
  // So it is of nearly all.
  if (fixed.length + scalars.length + keys.length + own.length === 0) return fixed;
  const told = new Set(fixed.map(({ range }) => range.start));
  return [...keys, ...own, ...fixed, ...scalars.filter(({ range }) => !told.has(range.start))];
}

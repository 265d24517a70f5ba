import assert from 'node:assert/strict';
import { checkManifests } from '../../src/manifest/check.ts';
import type { Finding } from '../../src/manifest/finding.ts';
import { LineIndex } from '../../src/manifest/lineIndex.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';

const annotation = /^\s*#\s*\^+ (?:error|warning|information|hint) /;

/**
 * Checks a text whose expectations stand in it: below each value that is wrong a comment with carets under the value, then severity, code and message.
 * The comments are taken out, the rest is checked, and what was found is written back in; both texts must be equal. `file` tells how it is read.
 */
export async function assertFindings(annotated: string, lookup: ResourceLookup, file = 'test.yaml'): Promise<void> {
  assert.equal(await annotate(withoutExpectations(annotated), lookup, file), annotated);
}

/** The text that is checked. */
export function withoutExpectations(annotated: string): string {
  return annotated
    .split('\n')
    .filter((line) => !annotation.test(line))
    .join('\n');
}

/** The text with a comment below each line that has a finding. */
export async function annotate(text: string, lookup: ResourceLookup, file = 'test.yaml'): Promise<string> {
  const { findings } = await checkManifests(parseManifests(file, text), lookup);
  return withFindings(text, findings);
}

/** The text with a comment below each line that one of these findings is about. */
export function withFindings(text: string, findings: readonly Omit<Finding, 'file'>[]): string {
  const index = new LineIndex(text);
  const lines = text.split('\n').map((line) => [line]);
  for (const { range, severity, code, message } of findings) {
    const [start, end] = [index.positionAt(range.start), index.positionAt(range.end)];
    const carets = '^'.repeat(Math.max(1, start.line === end.line ? end.character - start.character : 1));
    lines[start.line]?.push(`#${' '.repeat(Math.max(0, start.character - 1))}${carets} ${severity} ${code}: ${message}`);
  }
  return lines.flat().join('\n');
}

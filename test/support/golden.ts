import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

/** Compares a text with the file that holds what it should be, `NAME.golden.txt` beside the test (`import.meta.url`). With `UPDATE_GOLDEN=1` in the environment the file is written anew. */
export function assertGolden(test: string, name: string, text: string): void {
  const file = new URL(`${name}.golden.txt`, test);
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, text);
  assert.equal(text, readFileSync(file, 'utf8'));
}

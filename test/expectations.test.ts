/** What somebody expects of a view of Kubernetes clusters, and of Apply Deploy: each row of the tables names tests that are there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { deployExpectations } from './deploy/expectations.ts';
import { expectations } from './e2e/expectations.ts';

const root = new URL('../', import.meta.url);

const textOf = (file: string) => readFileSync(new URL(file, root), 'utf8').replaceAll(/\(\s+/g, '(');

/** Where a file has a test of that title, whichever of our words begins it: written there, the one of two, or a row of the table that the file plays. Below 0: nowhere. */
function placeOf(text: string, title: string): number {
  const begins = ['test', 'it', 'inWindow', 'sandboxTest'];
  const starts = [...begins.flatMap((word) => [`${word}('${title}'`, `${word}(\`${title}\``]), ` : '${title}', async () => {`];
  const written = starts.map((start) => text.indexOf(start));
  const plays = /\b(?:test|it)\((?:name|what|one\.name),/.test(text);
  const rows = plays ? [`name: '${title}'`, `['${title}',`, `[\n      '${title}',`].map((start) => text.indexOf(start)) : [];
  return Math.max(...written, ...rows);
}

/** How many seeds a test is played with: of the law it states, as far as it is one. */
function seedsOf(text: string, title: string): number | undefined {
  const body = text.slice(placeOf(text, title)).split(/\n {0,2}(?:test|it|describe)\(/)[0] ?? '';
  const runs = /numRuns: (\d+)/;
  const all = /\bSEEDS\b|\bholds\(/.test(body) ? runs.exec(text) : runs.exec(body);
  return all ? Number(all[1]) : undefined;
}

const filesOf = (proofs: readonly (readonly [file: string, title: string])[]) =>
  [...new Set(proofs.map(([file]) => file))].join(', ');

describe('a view of Kubernetes clusters', () => {
  for (const { priority, what, proofs } of expectations)
    test(`${priority} · ${what} · ${filesOf(proofs)}`, () => {
      assert.notEqual(proofs.length, 0, 'somebody shows it');
      for (const [file, title] of proofs) assert.ok(placeOf(textOf(file), title) >= 0, `${file} has no test "${title}"`);
    });
});

describe('Apply Deploy', () => {
  for (const { of, what, proofs, seeds, lacks } of deployExpectations)
    test(`${of} · ${what} · ${filesOf(proofs) || 'nothing'}${seeds ? ` · ${seeds} seeds` : ''}${lacks ? ` · NOT YET: ${lacks}` : ''}`, () => {
      assert.ok(proofs.length > 0 || lacks !== undefined, 'somebody shows it, or it is said that nobody does');
      for (const [file, title] of proofs) assert.ok(placeOf(textOf(file), title) >= 0, `${file} has no test "${title}"`);
      const played = proofs.flatMap(([file, title]) => seedsOf(textOf(file), title) ?? []);
      if (seeds !== undefined) assert.ok(Math.max(0, ...played) >= seeds, `played with ${played.join(', ') || 'no'} seeds`);
    });
});

import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Diagnostic } from 'vscode-languageserver/node';
import { type Bar, median, quantile, rounded } from './bar.ts';
import { LanguageServerDriver } from './languageServerDriver.ts';
import { manifestCorpus } from './manifestCorpus.ts';

const file = 'file:///bench/manifests.yaml';
const initialErrors = 40;
/** Rounds before the clock counts: both sides have compiled their hot code then. */
const warmUp = 8;
/** Ms between the sides, so that what one still tidies up is not charged to the other. */
const rest = 150;

/** G1: from a keystroke to its diagnostics in a file of 1,000 manifests, against yaml-language-server; neither has a schema, both get the same syntax errors. */
export async function keystroke({ documents = 1000, rounds = 48 } = {}): Promise<Bar> {
  const corpus = manifestCorpus(documents, initialErrors);
  const ours = await LanguageServerDriver.start([fileURLToPath(new URL('../../dist/server.js', import.meta.url)), '--stdio']);
  const peer = await LanguageServerDriver.start([
    fileURLToPath(new URL('../../node_modules/yaml-language-server/bin/yaml-language-server', import.meta.url)),
    '--stdio',
  ]);
  try {
    const sides = [ours, peer] as const;
    const errors = (
      await Promise.all(sides.map((side) => side.open(file, corpus.text).then(() => side.published(file, initialErrors))))
    ).map(lines);
    const times: [number[], number[]] = [[], []];
    let agree = errors[0] === errors[1];
    for (let round = 0; round < rounds; round += 1) {
      const place = corpus.places[(round * 37) % corpus.places.length];
      if (!place) break;
      const seen = [];
      for (const [index, side] of sides.entries()) {
        const version = round * 2 + 2;
        await delay(rest);
        seen.push(lines(await timed(round < warmUp ? undefined : times[index], side, place, version, 0, '@', initialErrors + 1)));
        await timed(round < warmUp ? undefined : times[index], side, place, version + 1, 1, '', initialErrors);
      }
      agree &&= seen[0] === seen[1];
    }
    const [mine, theirs] = times.map((values) => quantile(values, 0.95)) as [number, number];
    return {
      bar: 'G1',
      what: `keystroke to diagnostics, ${documents} manifests, ${corpus.text.split('\n').length} lines, p95 in ms`,
      ours: rounded(mine),
      peer: rounded(theirs),
      ratio: rounded(theirs / mine),
      goal: '>= 100x at p95 and p95 <= 16 ms',
      met: theirs / mine >= 100 && mine <= 16,
      agree,
      more: {
        'ours median': rounded(median(times[0])),
        'peer median': rounded(median(times[1])),
        'ours MB': Math.round(await ours.memory()),
        'peer MB': Math.round(await peer.memory()),
      },
    };
  } finally {
    ours.stop();
    peer.stop();
  }
}

async function timed(
  into: number[] | undefined,
  side: LanguageServerDriver,
  place: { line: number; character: number },
  version: number,
  length: number,
  text: string,
  expected: number,
): Promise<readonly Diagnostic[]> {
  const start = performance.now();
  const answer = side.published(file, expected);
  await side.change(file, version, place.line, place.character, length, text);
  const diagnostics = await answer;
  into?.push(performance.now() - start);
  return diagnostics;
}

/** The lines with an error: what both sides must agree on; wording and columns are each one's own. */
function lines(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ range }) => range.start.line)
    .sort((one, other) => one - other)
    .join(',');
}

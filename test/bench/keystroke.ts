import { setTimeout as delay } from 'node:timers/promises';
import type { Diagnostic } from 'vscode-languageserver/node';
import { type Bar, median, quantile, rounded } from './bar.ts';
import { LanguageServerDriver, lines } from './languageServerDriver.ts';
import { type Corpus, definitionCorpus, manifestCorpus } from './manifestCorpus.ts';

const file = 'file:///bench/manifests.yaml';
const initialErrors = 40;
/** Rounds before the clock counts: both sides have compiled their hot code then. */
const warmUp = 8;
/** Ms between the sides, so that what one still tidies up is not charged to the other. */
const rest = 150;

/** G1: from a keystroke to its diagnostics in a file of 1,000 manifests. */
export function keystroke({ documents = 1000, rounds = 48 } = {}): Promise<Bar> {
  const corpus = manifestCorpus(documents, initialErrors);
  return compareKeystrokes({
    bar: 'G1',
    of: `${documents} manifests`,
    corpus,
    errors: initialErrors,
    rounds,
    times: 100,
    ms: 16,
  });
}

/** G2: the same in one document of many lines. */
export function keystrokeInOne({ versions = 4, rounds = 48 } = {}): Promise<Bar> {
  const corpus = definitionCorpus(versions);
  return compareKeystrokes({ bar: 'G2', of: 'one definition', corpus, errors: 0, rounds, times: 40, ms: 8 });
}

interface Comparison {
  readonly bar: string;
  readonly of: string;
  readonly corpus: Corpus;
  readonly errors: number;
  readonly rounds: number;
  /** The goal: so many times as fast at p95, and so many ms at most. */
  readonly times: number;
  readonly ms: number;
}

/** Against yaml-language-server with the same schemas; both must tell mistakes in the same lines. */
async function compareKeystrokes({ bar, of, corpus, errors: initialErrors, rounds, times: goal, ms }: Comparison): Promise<Bar> {
  const [ours, peer] = await LanguageServerDriver.both();
  try {
    const sides = [ours, peer] as const;
    const errors = (
      await Promise.all(sides.map((side) => side.open(file, corpus.text).then(() => side.published(file, initialErrors))))
    ).map((found) => lines(found).join());
    const times: [number[], number[]] = [[], []];
    let agree = errors[0] === errors[1];
    for (let round = 0; round < rounds; round += 1) {
      const place = corpus.places[(round * 37) % corpus.places.length];
      if (!place) break;
      const seen = [];
      for (const [index, side] of sides.entries()) {
        const version = round * 2 + 2;
        await delay(rest);
        seen.push(
          lines(await timed(round < warmUp ? undefined : times[index], side, place, version, 0, '@', initialErrors + 1)).join(),
        );
        await timed(round < warmUp ? undefined : times[index], side, place, version + 1, 1, '', initialErrors);
      }
      agree &&= seen[0] === seen[1];
    }
    const [mine, theirs] = times.map((values) => quantile(values, 0.95)) as [number, number];
    return {
      bar,
      what: `keystroke to diagnostics, ${of}, ${corpus.text.split('\n').length} lines, p95 in ms`,
      ours: rounded(mine),
      peer: rounded(theirs),
      ratio: rounded(theirs / mine),
      goal: `>= ${goal}x at p95 and p95 <= ${ms} ms`,
      met: theirs / mine >= goal && mine <= ms,
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

import { setTimeout as delay } from 'node:timers/promises';
import { type Bar, median, quantile, rounded } from './bar.ts';
import { LanguageServerDriver } from './languageServerDriver.ts';
import { manifestCorpus } from './manifestCorpus.ts';

const file = 'file:///bench/edited.yaml';
const methods = ['textDocument/completion', 'textDocument/hover'] as const;

/** G5: completion and hover right after an edit in a file of 1,000 manifests, against yaml-language-server with the same schemas. */
export async function afterEdit({ documents = 1000, rounds = 24, warmUp = 4 } = {}): Promise<Bar> {
  const { text, places } = manifestCorpus(documents, 0);
  const sides = await LanguageServerDriver.both();
  const times = sides.map(() => methods.map((): number[] => []));
  let agree = true;
  try {
    for (const side of sides) await side.open(file, text);
    await delay(6000);
    let version = 1;
    for (let round = 0; round < rounds; round += 1)
      for (const [index, side] of sides.entries())
        for (const [which, method] of methods.entries()) {
          const place = places[(round * 37 + which * 11) % places.length];
          if (!place) break;
          version += 1;
          await side.change(file, version, place.line, place.character, 0, 'x');
          const start = performance.now();
          const answer = await side.ask(method, file, place).then(
            () => true,
            () => false,
          );
          if (round >= warmUp) times[index]?.[which]?.push(performance.now() - start);
          agree &&= answer;
          await delay(1200);
        }
  } finally {
    for (const side of sides) side.stop();
  }
  const p95 = times.map((of) => quantile(of.flat(), 0.95));
  const [ours = Number.NaN, peer = Number.NaN] = p95;
  const more = Object.fromEntries(
    methods.flatMap((method, which) =>
      ['ours', 'peer'].map((side, index) => [
        `${method.split('/')[1]}, ${side} median / p95`,
        `${rounded(median(times[index]?.[which] ?? []))} / ${rounded(quantile(times[index]?.[which] ?? [], 0.95))}`,
      ]),
    ),
  );
  return {
    bar: 'G5',
    what: `completion and hover right after an edit in ${documents} manifests, p95 in ms`,
    ours: rounded(ours),
    peer: rounded(peer),
    ratio: rounded(peer / ours),
    goal: '>= 50x at p95',
    met: peer / ours >= 50,
    agree,
    more,
  };
}

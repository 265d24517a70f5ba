import { type Bar, median, rounded } from './bar.ts';
import { LanguageServerDriver, lines } from './languageServerDriver.ts';
import { manifestCorpus } from './manifestCorpus.ts';

const file = 'file:///bench/opened.yaml';
const broken = 40;

/** G4: from opening a file of 1,000 manifests to its first and to all diagnostics, against yaml-language-server with the same schemas; each time by a server just started. */
export async function openFile({ documents = 1000, rounds = 5 } = {}): Promise<Bar> {
  const { text } = manifestCorpus(documents, broken, true);
  const errors = broken + Math.ceil(documents / 100);
  const starts = [LanguageServerDriver.ours, LanguageServerDriver.peer] as const;
  const seen = starts.map((): { first: number[]; all: number[]; lines: string } => ({ first: [], all: [], lines: '' }));
  for (let round = 0; round < rounds; round += 1)
    for (const [index, start] of starts.entries()) {
      const [server, into] = [await start(), seen[index]];
      try {
        const began = performance.now();
        const first = server.next(file).then((diagnostics) => ({ diagnostics, ms: performance.now() - began }));
        await server.open(file, text);
        const { ms } = await first;
        const all = await server.published(file, errors);
        into?.first.push(ms);
        into?.all.push(performance.now() - began);
        if (into) into.lines = lines(all).join();
      } finally {
        server.stop();
      }
    }
  const [ours, peer] = seen.map(({ first, all, lines }) => ({ first: median(first), all: median(all), lines }));
  if (!ours || !peer) throw new Error('unreachable: there are two sides');
  return {
    bar: 'G4',
    what: `opening ${documents} manifests, all diagnostics, median in ms`,
    ours: rounded(ours.all),
    peer: rounded(peer.all),
    ratio: rounded(peer.all / ours.all),
    goal: 'first >= 20x, all >= 5x',
    met: peer.first / ours.first >= 20 && peer.all / ours.all >= 5,
    agree: ours.lines === peer.lines,
    more: {
      'first, ours': rounded(ours.first),
      'first, peer': rounded(peer.first),
      'first, times': rounded(peer.first / ours.first),
    },
  };
}

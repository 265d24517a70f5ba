import { setTimeout as delay } from 'node:timers/promises';
import { type Bar, median, rounded } from './bar.ts';
import { LanguageServerDriver, lines } from './languageServerDriver.ts';
import { manifestCorpus } from './manifestCorpus.ts';

const file = 'file:///bench/large.yaml';

/** G3: a file of 8,000 manifests (5 MB): an edit, the outline and the memory it takes, against yaml-language-server with the same schemas. */
export async function largeFile({ documents = 8000, rounds = 5 } = {}): Promise<Bar> {
  const corpus = manifestCorpus(documents, 4);
  const seen: Seen[] = [];
  // One after the other: the machine has not memory and processors for both at once.
  for (const start of [LanguageServerDriver.ours, LanguageServerDriver.peer])
    seen.push(await measure(await start(), corpus, rounds));
  const [ours, peer] = seen as [Seen, Seen];
  const [edit, outline, memory] = [peer.edit / ours.edit, peer.outline / ours.outline, peer.memory / ours.memory];
  return {
    bar: 'G3',
    what: `an edit in ${documents} manifests, ${rounded(corpus.text.length / 1e6)} MB, median in ms`,
    ours: rounded(ours.edit),
    peer: rounded(peer.edit),
    ratio: rounded(edit),
    goal: '>= 500x the edit, >= 100x the outline, <= 1/10 of the memory',
    met: edit >= 500 && outline >= 100 && memory >= 10,
    agree: ours.lines === peer.lines && ours.symbols === peer.symbols,
    more: {
      'outline, ours ms': rounded(ours.outline),
      'outline, peer ms': rounded(peer.outline),
      'outline, times': rounded(outline),
      'first outline, ours / peer ms': `${rounded(ours.first)} / ${rounded(peer.first)}`,
      'peak memory, ours MB': Math.round(ours.memory),
      'peak memory, peer MB': Math.round(peer.memory),
      'memory, times': rounded(memory),
      'lines with an error': ours.lines === peer.lines ? 'the same' : `${ours.lines} / ${peer.lines}`,
      symbols: `${ours.symbols} / ${peer.symbols}`,
    },
  };
}

interface Seen {
  readonly edit: number;
  /** The median after an edit each, and the first one asked for. */
  readonly outline: number;
  readonly first: number;
  readonly memory: number;
  readonly lines: string;
  /** Whether the outline names the manifests. */
  readonly symbols: boolean;
}

async function measure(
  server: LanguageServerDriver,
  { text, places }: { readonly text: string; readonly places: readonly { readonly line: number; readonly character: number }[] },
  rounds: number,
): Promise<Seen> {
  try {
    const opened = server.published(file, 4, 120_000);
    await server.open(file, text);
    const seen = lines(await opened).join();
    const [edits, outlines]: [number[], number[]] = [[], []];
    let outline: unknown;
    for (let round = 0; round < rounds; round += 1) {
      const place = places[(round * 1371 + 7) % places.length];
      if (!place) break;
      for (const [text, length, count] of [
        ['@', 0, 5],
        ['', 1, 4],
      ] as const) {
        await delay(300);
        const start = performance.now();
        const answer = server.published(file, count, 120_000);
        await server.change(file, round * 2 + 2 + length, place.line, place.character, length, text);
        await answer;
        edits.push(performance.now() - start);
      }
      // An editor asks for the outline anew after each edit.
      const start = performance.now();
      outline = await server.ask('textDocument/documentSymbol', file);
      outlines.push(performance.now() - start);
    }
    const [first = Number.NaN] = outlines;
    const memory = await server.memory(true);
    const symbols = Array.isArray(outline) && outline.length > 0;
    return { edit: median(edits), outline: median(outlines), first, memory, lines: seen, symbols };
  } finally {
    server.stop();
  }
}

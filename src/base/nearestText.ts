import { distance } from './distance.ts';

/** The text that comes nearest to a wanted one; undefined when none is near. */
export function nearestText(texts: readonly string[], wanted: string): string | undefined {
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  const scored = texts.map((text) => ({ text, score: distance(wanted.toLowerCase(), text.toLowerCase(), limit) }));
  return scored.filter(({ score }) => score <= limit).sort((one, other) => one.score - other.score)[0]?.text;
}

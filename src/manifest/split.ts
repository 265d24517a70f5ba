import type { Range } from './finding.ts';

/**
 * The documents of a YAML text as adjoining runs that together are the whole text. A line that begins with `---` followed by white space or the end begins a
 * document, also inside what looks like a scalar: YAML forbids it in any content (YAML 1.2.2 §9.1). Directives and comments before it belong to it; what
 * follows `...` is the next one's.
 */
export function splitDocuments(text: string): readonly Range[] {
  const starts = [0];
  const markers = new Markers(text);
  let [preamble, inDocument] = [0, false];
  for (let line = 0; line < text.length; ) {
    const found = text.indexOf('\n', line);
    const end = found < 0 ? text.length : found;
    if (isMarker(text, line, '---')) {
      if (inDocument && line > 0) starts.push(line);
      else if (!inDocument && preamble > 0) starts.push(preamble);
      inDocument = true;
    } else if (inDocument && isMarker(text, line, '...')) {
      inDocument = false;
      preamble = Math.min(end + 1, text.length);
    } else if (!inDocument && !isBlank(text, line, end)) {
      if (preamble > 0) starts.push(preamble);
      inDocument = true;
    }
    // Inside a document only markers matter: the search leaps from one to the next.
    line = inDocument ? markers.after(end) : end + 1;
  }
  const unique = [...new Set(starts)];
  return unique.map((start, index) => ({ start, end: unique[index + 1] ?? text.length }));
}

/** Finds the next line of two kinds of marker; remembers where each stands, so that the text is gone through once, not once for each document. */
class Markers {
  readonly #text: string;
  readonly #next = { '\n---': -1, '\n...': -1 };

  constructor(text: string) {
    this.#text = text;
  }

  /** Start of the first line after `lineEnd` that may be a marker. */
  after(lineEnd: number): number {
    return Math.min(this.#find('\n---', lineEnd), this.#find('\n...', lineEnd)) + 1;
  }

  #find(marker: '\n---' | '\n...', from: number): number {
    if (this.#next[marker] < from) {
      const found = this.#text.indexOf(marker, from);
      this.#next[marker] = found < 0 ? this.#text.length : found;
    }
    return this.#next[marker];
  }
}

function isMarker(text: string, at: number, marker: string): boolean {
  if (!text.startsWith(marker, at)) return false;
  const next = text[at + 3];
  return next === undefined || /[\s]/.test(next);
}

/** Empty lines, comments, directives and a byte order mark before `---` do not begin a document. */
function isBlank(text: string, start: number, end: number): boolean {
  const first = /[^\s\ufeff]/.exec(text.slice(start, Math.min(end, start + 200)))?.[0];
  return first === undefined || first === '#' || first === '%';
}

import type { Range } from './finding.ts';

/**
 * The documents of a YAML text as adjoining runs that together are the whole text. A line that begins with `---` followed by white space or the end begins a
 * document, also inside what looks like a scalar: YAML forbids it in any content (YAML 1.2.2 §9.1). Directives and comments before it belong to it; what
 * follows `...` is the next one's.
 */
export function splitDocuments(text: string): readonly Range[] {
  const starts = [0];
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
    line = nextCandidate(text, end, inDocument);
  }
  const unique = [...new Set(starts)];
  return unique.map((start, index) => ({ start, end: unique[index + 1] ?? text.length }));
}

/** Inside a document only markers matter: the search leaps from one to the next. */
function nextCandidate(text: string, lineEnd: number, inDocument: boolean): number {
  if (!inDocument) return lineEnd + 1;
  const dashes = text.indexOf('\n---', lineEnd);
  const dots = text.indexOf('\n...', lineEnd);
  const nearest = dashes < 0 ? dots : dots < 0 ? dashes : Math.min(dashes, dots);
  return nearest < 0 ? text.length : nearest + 1;
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

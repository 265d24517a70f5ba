import type { Node } from 'yaml';
import type { Range } from '../manifest/finding.ts';

/** The run of a node without the line breaks and spaces that the parser counts to it: a block ends with its last character. */
export function writtenRange(node: Node, text: string): Range {
  const [start, behind] = node.range ?? [0, 0];
  let end = behind;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  // The rarer sorts of white space.
  if (end > start && text.charCodeAt(end - 1) > 127) end = start + text.slice(start, end).trimEnd().length;
  return { start, end };
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

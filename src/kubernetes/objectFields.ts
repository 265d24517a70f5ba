import { type Path, textAt } from '../base/fields.ts';

/** The text at a path of plain JSON, if it says something: an empty one counts as none, as controllers write it for what they do not know. */
export function textIn(tree: unknown, ...path: Path): string | undefined {
  const text = textAt(tree, ...path);
  return text === '' ? undefined : text;
}

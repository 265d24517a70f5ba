import type { Finding } from '../manifest/finding.ts';
import { isPlain } from '../manifest/isPlain.ts';

type Fix = NonNullable<Finding['fixes']>[number];

/**
 * Replacements for a rendered text as ones for what stands in its source: none where that is not literally the same value. `found` is the rendered text that was to be replaced, quotes and all, `written` what
 * stands in the source in its place. `isPart`: that is a piece of a longer text, such as the word of `${name:=word}`, where quotes would be part of the value. `isYaml`: the source may be quoted in another way.
 */
export function sourceFixes(
  fixes: readonly Fix[],
  found: string,
  written: string,
  { isPart, isYaml }: { readonly isPart: boolean; readonly isYaml: boolean },
): readonly Fix[] {
  if (written === found && !isPart) return fixes;
  const [was, is] = [valueIn(found), valueIn(written)];
  if (was === undefined || was !== is || (written !== found && !isYaml)) return [];
  return fixes.flatMap((fix) => {
    const value = valueIn(fix.newText);
    if (value === undefined || (isPart && !/^[\w./-]+$/.test(value))) return [];
    return [{ ...fix, newText: isPart ? value : quotedLike(written, value) }];
  });
}

/** The value of a scalar on one line; undefined where an escape makes it another than it looks. */
function valueIn(text: string): string | undefined {
  if (text.includes('\\') || text.includes('\n')) return undefined;
  const [, quote, inside] = /^(["'])(.*)\1$/.exec(text) ?? [];
  if (quote === undefined || inside === undefined) return text;
  return quote === "'" ? inside.replaceAll("''", "'") : inside;
}

function quotedLike(written: string, value: string): string {
  if (written.startsWith("'")) return `'${value.replaceAll("'", "''")}'`;
  return !written.startsWith('"') && isPlain(value) ? value : JSON.stringify(value);
}

import type { Range } from '../manifest/finding.ts';

/** A variable in a text: `${name}`, `${name:=word}`. `word` stands in its place when it is not set. */
export interface Variable {
  readonly name: string;
  readonly range: Range;
  readonly word: { readonly text: string; readonly range: Range } | undefined;
  /** True where an empty value counts as not set (`:=`, `:-`). */
  readonly unlessEmpty: boolean;
}

/**
 * What Flux puts values in for, `post build`: only forms in braces. Those that change the value (`${name/a/b}`, `${name:0:3}`) are no variables here: they stay as they are, and what
 * holds one names nothing. Source: fluxcd/pkg, `envsubst/README.md`; fluxcd.io, Kustomization, "Post build variable substitution".
 */
const form = /(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?)[=-]([^{}\n]*))?\}/g;

/** The variables of a text, in order. `$${name}` is none: it becomes `${name}`. */
export function variablesIn(text: string): readonly Variable[] {
  return [...text.matchAll(form)].flatMap(({ index, 0: whole, 1: dollar, 2: name = '', 3: colon, 4: word }) => {
    if (dollar === '$') return [];
    const end = index + whole.length;
    const given = word === undefined ? undefined : { text: word, range: { start: end - 1 - word.length, end: end - 1 } };
    return [{ name, range: { start: index, end }, word: given, unlessEmpty: colon === ':' }];
  });
}

/** The text with values put in; a variable that nobody sets and that has no word stays as it is. */
export function substituted(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(form, (whole, dollar: string, name: string, colon: string | undefined, word: string | undefined) => {
    if (dollar === '$') return whole.slice(1);
    const value = values.get(name);
    return value === undefined || (value === '' && colon === ':' && word !== undefined) ? (word ?? whole) : value;
  });
}

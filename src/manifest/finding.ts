/** A half-open run of UTF-16 units of a file's text, counted from 0. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** How much it matters: `error` it will fail, `warning` it will likely not do what is meant, `information` worth knowing, `hint` style. */
export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** Something found in a manifest. Becomes a diagnostic in the editor, a line in the command line, a blocker in the gate. */
export interface Finding {
  /** File as given: a `file:` URI in the editor, a path in the command line. */
  readonly file: string;
  readonly range: Range;
  readonly severity: Severity;
  /** Stable word with a documented page: `reference.missing`, `yaml.syntax`. */
  readonly code: string;
  /** One line, plain words: what is wrong, where it was looked for, the nearest right thing. */
  readonly message: string;
  readonly tags?: readonly ('deprecated' | 'unnecessary')[];
  /** Replacements for the range, best first; `preferred` when it is the only near one. */
  readonly fixes?: readonly { readonly title: string; readonly newText: string; readonly preferred?: boolean }[];
  /** Further places this is about (the other copy of a duplicate). */
  readonly related?: readonly { readonly file: string; readonly range: Range; readonly message: string }[];
}

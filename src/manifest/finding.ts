/** A half-open run of UTF-16 units of a file's text, counted from 0. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** How much it matters: `error` it will fail, `warning` it will likely not do what is meant, `information` worth knowing, `hint` style. */
export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** Where a finding about a live object is: it has no file and no line, but an object and a field. */
export interface LivePlace {
  readonly context: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  /** Absent where it is about the kind as a whole. */
  readonly name?: string;
  /** Keys and indexes of the field; empty for the object itself. */
  readonly path: readonly (string | number)[];
  /** In a text of several lines (a configuration file in a ConfigMap), the line of it, from 0. */
  readonly line: number;
}

/** Something found in a manifest. Becomes a diagnostic in the editor, a line in the command line, a blocker in the gate. */
export interface Finding {
  /** File as given: a `file:` URI in the editor, a path in the command line; of a live object its name. */
  readonly file: string;
  /** For what is wrong with a live object: which, and where in it. */
  readonly live?: LivePlace;
  readonly range: Range;
  readonly severity: Severity;
  /** Stable word with a documented page: `reference.missing`, `yaml.syntax`. */
  readonly code: string;
  /** One line, plain words: what is wrong, where it was looked for, the nearest right thing. */
  readonly message: string;
  readonly tags?: readonly ('deprecated' | 'unnecessary')[];
  /** Replacements for the range, best first; `preferred` when it is the only near one; `secret` when its text is a value of a Secret: it stays in the editor. */
  readonly fixes?: readonly {
    readonly title: string;
    readonly newText: string;
    readonly preferred?: boolean;
    readonly secret?: true;
  }[];
  /** Further places this is about (the other copy of a duplicate). */
  readonly related?: readonly { readonly file: string; readonly range: Range; readonly message: string }[];
}

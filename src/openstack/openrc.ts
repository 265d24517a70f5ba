/** What an openrc file says, read without running any of it. */
export interface Openrc {
  /** `OS_…` variables and their texts, the last assignment winning; empty ones are left out, as the files themselves unset them. */
  readonly variables: ReadonlyMap<string, string>;
  /** Variables that the file asks for when a shell runs it (`read -sr`): they have to be asked for here. */
  readonly asked: readonly string[];
  /** Variables whose value only a shell could tell (`$(…)`), with their line (from 1). */
  readonly unread: readonly { readonly name: string; readonly line: number }[];
}

/** What is known of a variable: its text, that somebody types it, or that only a shell could tell. */
type Value = string | typeof asked | typeof unreadable;
const asked = Symbol('asked');
const unreadable = Symbol('unreadable');

/**
 * Reads assignments (`export OS_X=…`, `OS_X=…`, several in a line, quotes, `$OTHER`, `${OTHER:-text}`), `unset` and `read`; nothing is executed, the environment is not looked at, and
 * every other command is passed over. What stands in an `if` counts as written, but for the `unset` of what is empty.
 * Source of what such files hold: Horizon's templates `openrc.sh.template` and `application-credentials/openrc.sh.template`.
 */
export function parseOpenrc(text: string): Openrc {
  const values = new Map<string, Value>();
  const lines = new Map<string, number>();
  for (const { words, line } of commandsOf(text)) {
    const [first = '', ...rest] = words;
    const name = plainWord(first);
    if (name === 'unset') for (const word of rest) values.delete(plainWord(word));
    else if (name === 'read') for (const word of rest.map(plainWord)) if (!word.startsWith('-')) values.set(word, asked);
    const assignments = ['export', 'declare', 'set', 'typeset'].includes(name) ? rest : words;
    for (const word of assignments) {
      const [, variable, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word) ?? [];
      // Words behind a command are its arguments.
      if (variable === undefined || value === undefined) break;
      values.set(variable, expanded(value, values));
      lines.set(variable, line);
    }
  }
  const own = [...values].filter(([name]) => name.startsWith('OS_'));
  return {
    variables: new Map(own.filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '')),
    asked: own.flatMap(([name, value]) => (value === asked && lines.has(name) ? [name] : [])),
    unread: own.flatMap(([name, value]) => (value === unreadable ? [{ name, line: lines.get(name) ?? 1 }] : [])),
  };
}

interface Command {
  /** As written, quotes included. */
  readonly words: readonly string[];
  readonly line: number;
}

/** A quoted part, an escaped character, a substitution, or plain characters: what makes up a word of a shell. */
const pieces = /'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|\$\([^)]*\)|`[^`]*`|\$\{[^}]*\}|[^\s;'"\\`#]|(?<=\S)#/y;
/** Words that begin a command and do nothing themselves. */
const keywords = new Set(['if', 'then', 'else', 'elif', 'fi', 'do', 'done', '{', '}', '!']);

function* commandsOf(text: string): Generator<Command> {
  let words: string[] = [];
  let line = 1;
  let at = 0;
  let ifs = 0;
  const end = (): readonly Command[] => {
    const command = { words: words.filter((word) => !keywords.has(word)), line };
    ifs += words.filter((word) => word === 'if').length - words.filter((word) => word === 'fi').length;
    words = [];
    // `if [ -z "$OS_X" ]; then unset OS_X; fi` drops what is empty, as is done at the end anyway.
    return command.words.length === 0 || (ifs > 0 && command.words[0] === 'unset') ? [] : [command];
  };
  while (at < text.length) {
    const character = text[at] ?? '';
    if (character === '\n' || character === ';') {
      yield* end();
      if (character === '\n') line += 1;
      at += 1;
    } else if (character === '#') at = endOfLine(text, at);
    else if (/\s/.test(character)) at += 1;
    else if (text.startsWith('\\\n', at)) {
      line += 1;
      at += 2;
    } else {
      const word = wordAt(text, at);
      words.push(word);
      line += word.split('\n').length - 1;
      at += word.length;
    }
  }
  yield* end();
}

function wordAt(text: string, start: number): string {
  let at = start;
  for (;;) {
    pieces.lastIndex = at;
    const [piece] = pieces.exec(text) ?? [];
    if (piece === undefined) break;
    at += piece.length;
  }
  // A quote without its end: one character, so that the walk goes on.
  return text.slice(start, Math.max(at, start + 1));
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}

/** A word without its quotes; for words that name something. */
function plainWord(word: string): string {
  return word.replaceAll(/['"\\]/g, '');
}

/** The value of a word, variables filled in from those read so far; a variable that is not known is empty, as in a shell. */
function expanded(word: string, values: ReadonlyMap<string, Value>): Value {
  let text = '';
  const fill = (name: string, otherwise = ''): Value => {
    const value = values.get(name);
    return value === undefined || value === '' ? otherwise : value;
  };
  const parts = word.match(/'[^']*'|"(?:[^"\\]|\\[\s\S])*"|[^'"]+|['"]/g) ?? [];
  for (const part of parts) {
    if (part.startsWith("'")) {
      text += part.slice(1, -1);
      continue;
    }
    const quoted = part.startsWith('"') && part.length > 1;
    const tokens =
      (quoted ? part.slice(1, -1) : part).match(/\\[\s\S]|\$\([^)]*\)|`[^`]*`|\$\{[^}]*\}|\$\w+|[^\\$`]+|[\s\S]/g) ?? [];
    for (const token of tokens) {
      const value = valueOfPart(token, quoted, fill);
      if (typeof value !== 'string') return value;
      text += value;
    }
  }
  return text;
}

function valueOfPart(token: string, quoted: boolean, fill: (name: string, otherwise?: string) => Value): Value {
  if (token.startsWith('\\') && token.length === 2) {
    const next = token[1] ?? '';
    if (next === '\n') return '';
    // Between double quotes a backslash escapes these only.
    return quoted && !'"\\$`'.includes(next) ? token : next;
  }
  if (token.startsWith('`') || token.startsWith('$(')) return unreadable;
  const [, plain] = /^\$(\w+)$/.exec(token) ?? [];
  if (plain !== undefined) return fill(plain);
  const [braced, name = '', otherwise = ''] = /^\$\{(\w+)(?::?-([^}]*))?\}$/.exec(token) ?? [];
  if (braced !== undefined) return fill(name, plainWord(otherwise));
  return token.startsWith('${') ? unreadable : token;
}

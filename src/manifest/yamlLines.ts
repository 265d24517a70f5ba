/** Thrown for what is not read here; the reader of all YAML takes the text then. One, for a trace nobody reads costs more than the reading. */
export const uncommon = new Error('uncommon YAML');

/** Goes from line to line of a text in which YAML stands that manifests are mostly written in, and tells where things end. */
export class YamlLines {
  protected readonly text: string;
  /** What is to be read next, and the column it stands in; -1 at the end. */
  protected at = 0;
  protected column = -1;
  /** The deepest comment above it. */
  protected comment = -1;

  constructor(text: string) {
    this.text = text;
  }

  /** Goes to what is written next, from the start of a line on. */
  protected seek(line: number): void {
    const text = this.text;
    this.comment = -1;
    for (let start = line; start < text.length; ) {
      let at = start;
      while (text.charCodeAt(at) === SPACE) at += 1;
      const code = text.charCodeAt(at);
      if (code === HASH) {
        this.comment = Math.max(this.comment, at - start);
        const end = text.indexOf('\n', at);
        if (end < 0) break;
        start = end + 1;
      } else if (code === NEWLINE) start = at + 1;
      else if (code === RETURN && text.charCodeAt(at + 1) === NEWLINE) start = at + 2;
      else {
        if (at >= text.length) break;
        if (code === TAB || code === RETURN || code === BOM) throw uncommon;
        this.at = at;
        this.column = at - start;
        if (at === start && line > 0 && this.isMarker(at)) throw uncommon;
        if (code === PERCENT && at === start) throw uncommon;
        return;
      }
    }
    this.at = text.length;
    this.column = -1;
  }

  protected isMarker(at: number): boolean {
    return (this.text.startsWith('---', at) || this.text.startsWith('...', at)) && this.isEnd(at + 3);
  }

  /** After a node that ends its line: the start of the next one. A comment may follow behind a space. */
  protected lineEnd(at: number): number {
    const text = this.text;
    let end = at;
    while (text.charCodeAt(end) === SPACE) end += 1;
    const code = text.charCodeAt(end);
    if (code === HASH && end > at) {
      const newline = text.indexOf('\n', end);
      return newline < 0 ? text.length : newline + 1;
    }
    if (code === RETURN && text.charCodeAt(end + 1) === NEWLINE) return end + 2;
    if (code === NEWLINE) return end + 1;
    if (end >= text.length) return end;
    throw uncommon;
  }

  /** White space or the end. */
  protected isEnd(at: number): boolean {
    const code = this.text.charCodeAt(at);
    return code === SPACE || code === NEWLINE || code === RETURN || Number.isNaN(code);
  }

  protected isDash(at: number): boolean {
    return this.text.charCodeAt(at) === DASH && this.isEnd(at + 1);
  }

  protected isLineOver(at: number, from: number): boolean {
    const code = this.text.charCodeAt(at);
    return code === NEWLINE || code === RETURN || Number.isNaN(code) || (code === HASH && at > from);
  }

  protected afterSpaces(at: number): number {
    let end = at;
    while (this.text.charCodeAt(end) === SPACE) end += 1;
    return end;
  }

  /** Where the colon of an implicit key stands that begins here; -1 when there is none in the line. */
  protected colon(at: number): number {
    const text = this.text;
    const code = text.charCodeAt(at);
    if (code === DOUBLE || code === SINGLE) {
      const newline = text.indexOf('\n', at);
      const quote = this.quoteEnd(at, -1);
      const end = this.afterSpaces(quote);
      return (newline < 0 || quote < newline) && text.charCodeAt(end) === COLON && this.isEnd(end + 1) ? end : -1;
    }
    for (let end = at; ; end += 1) {
      const one = text.charCodeAt(end);
      if (one === COLON) {
        if (this.isEnd(end + 1)) return end;
      } else if (one === NEWLINE || Number.isNaN(one) || (one === HASH && text.charCodeAt(end - 1) === SPACE)) return -1;
      else if (one === TAB) throw uncommon;
    }
  }

  /** Behind the quote that closes a text. Its further lines must be indented deeper than the parent's column. */
  protected quoteEnd(at: number, column: number): number {
    const text = this.text;
    const quote = text.charCodeAt(at);
    for (let end = at + 1; ; end += 1) {
      const code = text.charCodeAt(end);
      if (code === BACKSLASH && quote === DOUBLE && text.charCodeAt(end + 1) !== NEWLINE) end += 1;
      else if (code === NEWLINE) {
        const next = this.afterSpaces(end + 1);
        if (next - end - 1 <= column && text.charCodeAt(next) !== NEWLINE) throw uncommon;
        if (column < 0 && this.isMarker(next)) throw uncommon;
        end = next - 1;
      } else if (code === RETURN || code === TAB || Number.isNaN(code)) throw uncommon;
      else if (code === quote) {
        if (quote === DOUBLE || text.charCodeAt(end + 1) !== SINGLE) return end + 1;
        end += 1;
      }
    }
  }

  /** The line behind those of an entry: they are indented deeper, hold only its comments, are the list of a key in its column, or close a bracket. */
  protected entryEnd(at: number, column: number): number {
    const text = this.text;
    const isKey = !this.isDash(at);
    for (let end = text.indexOf('\n', at) + 1; end > 0 && end < text.length; end = text.indexOf('\n', end) + 1) {
      const first = this.afterSpaces(end);
      const code = text.charCodeAt(first);
      const isOwn = first - end > column || code === NEWLINE || code === RETURN || code === HASH;
      const isList = isKey && first - end === column && this.isDash(first);
      if (!isOwn && !isList && code !== CLOSE_BRACE && code !== CLOSE_BRACKET) return end;
    }
    return text.length;
  }

  protected trimmedEnd(at: number, end: number): number {
    let last = end;
    for (; last > at; last -= 1) {
      const code = this.text.charCodeAt(last - 1);
      if (code !== SPACE && !(code === RETURN && this.text.charCodeAt(last) === NEWLINE)) break;
    }
    return last;
  }
}

export const [TAB, NEWLINE, RETURN, SPACE, DOUBLE, HASH, PERCENT, SINGLE, COMMA, DASH, COLON, GREATER] = [
  9, 10, 13, 32, 34, 35, 37, 39, 44, 45, 58, 62,
];
export const [BRACKET, BACKSLASH, CLOSE_BRACKET, BRACE, PIPE, CLOSE_BRACE, BOM] = [91, 92, 93, 123, 124, 125, 0xfeff];

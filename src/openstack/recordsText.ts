/** The values of a record set as one line: with ` | ` between, since texts and mail exchangers hold spaces. */
export function recordsText(records: unknown): string {
  return Array.isArray(records) ? records.join(' | ') : '';
}

/** The values in a line; addresses may also stand with spaces or commas between. */
export function recordsOf(text: string): readonly string[] {
  const separator = /^[0-9a-f.:,\s]+$/i.test(text) ? /[\s,]+/ : /\s*\|\s*/;
  return text.split(separator).filter((record) => record !== '');
}

import { isPlain } from './isPlain.ts';

/** A text as it must stand in a file of a form (see `formOf`): in the quotes the old one had, or, without any, in those that it needs there. */
export function writtenAs(text: string, quote: string, form: string | undefined): string {
  if (form === 'openrc') return shellWord(text, quote);
  if (quote === "'") return `'${text.replaceAll("'", "''")}'`;
  return quote === '' && isPlain(text) ? text : JSON.stringify(text);
}

/** Source: POSIX.1-2024, "Shell Command Language", 2.2 Quoting. */
function shellWord(text: string, quote: string): string {
  if (quote === '' && /^[\w./:@%+=,-]+$/.test(text)) return text;
  return quote === '"' ? `"${text.replaceAll(/["\\$`]/g, '\\$&')}"` : `'${text.replaceAll("'", "'\\''")}'`;
}

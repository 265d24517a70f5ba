// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const ansi = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
// C0 and C1 controls, zero-width and bidirectional controls, line separators, the byte order mark.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const controls = /\s*[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+\s*/g;

/**
 * A text of a server as one harmless line: terminal escapes, control and bidirectional characters taken out, at most `limit` characters, then an ellipsis.
 * Names, messages and metadata are written by tenants; whatever becomes a label or a sentence goes through here.
 */
export function plainText(text: string, limit = 300): string {
  const clean = text
    .slice(0, limit * 8)
    .replace(ansi, '')
    .replace(controls, ' ')
    .trim();
  const characters = [...clean.slice(0, (limit + 1) * 2)];
  return characters.length <= limit ? clean : `${characters.slice(0, limit - 1).join('')}…`;
}

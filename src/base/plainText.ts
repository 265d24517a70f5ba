// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const ansi = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
// Controls, and what is not seen but changes what is: zero-width and bidirectional marks, soft hyphens, tags, separators of lines.
const controls = /\s*[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+\s*/gu;

/** Nearly every name there is: nothing to take out. */
const harmless = /^[ -~]*$/;

/**
 * A text of a server as one harmless line: terminal escapes, control and bidirectional characters taken out, at most `limit` characters, then an ellipsis.
 * Names, messages and metadata are written by tenants; whatever becomes a label or a sentence goes through here.
 */
export function plainText(text: string, limit = 300): string {
  if (text.length <= limit && harmless.test(text)) return text.trim();
  const clean = text
    .slice(0, limit * 8)
    .replace(ansi, '')
    .replace(controls, ' ')
    .trim();
  const characters = [...clean.slice(0, (limit + 1) * 2)];
  return characters.length <= limit ? clean : `${characters.slice(0, limit - 1).join('')}…`;
}

import type { SemanticTokens, SemanticTokensLegend } from 'vscode-languageserver-types';
import type { OpenDocument } from './openDocument.ts';
import { referencesIn } from './referenceAt.ts';

/** What is told of a value that names an OpenStack resource: that it is one, and whether it was found or could not be checked. package.json gives the words to themes. */
export const tokensLegend: SemanticTokensLegend = {
  tokenTypes: ['openstackReference'],
  tokenModifiers: ['found', 'unchecked'],
};
const [found, unchecked] = [1, 2];

/** A token for each reference that stands on one line; what names nothing has neither modifier, it is underlined. */
export function semanticTokens(document: OpenDocument, lines?: { readonly start: number; readonly end: number }): SemanticTokens {
  const tokens = referencesIn(document, lines).flatMap(({ placed, reference }) => {
    const { start, end } = document.toRange(placed, reference.range);
    if (start.line !== end.line) return [];
    const verdict = placed.section.answers.get(reference)?.verdict ?? 'unknown';
    const modifiers = verdict === 'found' ? found : verdict === 'unknown' ? unchecked : 0;
    return [{ line: start.line, character: start.character, length: end.character - start.character, modifiers }];
  });
  tokens.sort((one, other) => one.line - other.line || one.character - other.character);
  const data: number[] = [];
  let [line, character] = [0, 0];
  for (const token of tokens) {
    // Two rules may speak of one value.
    if (data.length > 0 && token.line === line && token.character === character) continue;
    const sameLine = token.line === line;
    data.push(token.line - line, sameLine ? token.character - character : token.character, token.length, 0, token.modifiers);
    [line, character] = [token.line, token.character];
  }
  return { data };
}

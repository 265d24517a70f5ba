import { type CodeAction, CodeActionKind, type Diagnostic } from 'vscode-languageserver-types';
import { codes } from '../manifest/codes.ts';
import type { LocalManifest } from '../manifest/manifest.ts';
import { withParts } from '../manifest/parts.ts';
import { suppressionComment } from '../manifest/suppressions.ts';
import type { OpenDocument } from './openDocument.ts';

/** What is wrong with the text itself is no matter of opinion, and a comment may not even be one there. */
const never = new Set([
  'yaml.syntax',
  'yaml.conflict',
  'yaml.tooLarge',
  'yaml.tooDeep',
  'file.partial',
  'suppression.reason',
  'suppression.unused',
]);

/** Whether a place is in JSON that is kept in a ConfigMap or Secret: there a comment is a mistake. */
function isJsonWithin({ embedded, root: { range }, document: { text } }: LocalManifest, at: number): boolean {
  return embedded === true && !!range && at >= range[0] && at < range[1] && /^[[{]/.test(text.slice(range[0]));
}

/** For each finding the comment that answers it, put on the line before; its reason is left to be written, and asked for while it is missing. */
export function suppressActions(document: OpenDocument, diagnostics: readonly Diagnostic[]): CodeAction[] {
  return diagnostics
    .filter(({ source, code }) => source === 'Hybrid Clusters' && Object.hasOwn(codes, String(code)) && !never.has(String(code)))
    .flatMap((diagnostic): CodeAction[] => {
      const { line } = diagnostic.range.start;
      const place = document.sectionAt(document.offsetAt({ line, character: 0 }));
      if (!place) return [];
      const { section } = place;
      const local = section.lines.offsetAt({ line: line - place.line, character: diagnostic.range.start.character });
      if (section.manifests.flatMap(withParts).some((manifest) => isJsonWithin(manifest, local))) return [];
      const text = section.text.slice(section.lines.offsetAt({ line: line - place.line, character: 0 }));
      const [, indent = '', ending = '\n'] = /^([ \t]*)[^\r\n]*(\r?\n)?/.exec(text) ?? [];
      const at = { line, character: 0 };
      const newText = `${indent}${suppressionComment(String(diagnostic.code))}${ending}`;
      return [
        {
          title: `Ignore ${String(diagnostic.code)} here, with a reason`,
          kind: CodeActionKind.QuickFix,
          diagnostics: [diagnostic],
          edit: { changes: { [document.uri]: [{ range: { start: at, end: at }, newText }] } },
        },
      ];
    });
}

import type { DocumentLink, InlayHint } from 'vscode-languageserver-types';
import type { ResourceFacts } from '../protocol.ts';
import type { OpenDocument } from './openDocument.ts';
import { referencesIn, revealCommand } from './referenceAt.ts';

/** Each value that names one resource leads to it in the *Clouds* view. */
export function documentLinks(document: OpenDocument): DocumentLink[] {
  return referencesIn(document).flatMap(({ placed, reference }) => {
    const facts = onlyMatch(placed.section.answers.get(reference));
    if (!facts) return [];
    return [
      {
        range: document.toRange(placed, reference.range),
        target: revealCommand(document.uri, facts.kind, facts.id),
        tooltip: `Show ${facts.name} in Clouds`,
      },
    ];
  });
}

/** The name beside every id. */
export function inlayHints(document: OpenDocument, lines: { readonly start: number; readonly end: number }): InlayHint[] {
  return referencesIn(document, lines).flatMap(({ placed, reference }) => {
    const facts = onlyMatch(placed.section.answers.get(reference));
    if (!facts || facts.name === facts.id || facts.name === reference.text || facts.id !== reference.text) return [];
    return [
      {
        position: document.toRange(placed, reference.range).end,
        label: facts.name,
        paddingLeft: true,
        tooltip: `${facts.name}${facts.state ? ` · ${facts.state}` : ''}`,
      },
    ];
  });
}

function onlyMatch(
  answer: { readonly verdict: string; readonly matches?: readonly ResourceFacts[] } | undefined,
): ResourceFacts | undefined {
  return answer?.verdict === 'found' && answer.matches?.length === 1 ? answer.matches[0] : undefined;
}

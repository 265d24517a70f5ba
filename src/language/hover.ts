import { type Hover, MarkupKind } from 'vscode-languageserver-types';
import { kindOf } from '../openstack/kinds/kinds.ts';
import type { BindingAnswer, ResourceFacts } from '../protocol.ts';
import type { OpenDocument } from './openDocument.ts';
import { type PlacedReference, revealCommand } from './referenceAt.ts';

/** The live resource behind a value: kind and name, state, its columns, and the way to it in the tree. Names are written by tenants: all of it is escaped. */
export function hoverOf(
  document: OpenDocument,
  { placed, reference }: PlacedReference,
  facts: ResourceFacts,
  binding: BindingAnswer,
): Hover {
  return {
    range: document.toRange(placed, reference.range),
    contents: { kind: MarkupKind.Markdown, value: describe(document.uri, facts, binding) },
  };
}

function describe(uri: string, facts: ResourceFacts, { place, user }: BindingAnswer): string {
  const [one] = kindOf(facts.kind).label;
  const state = facts.state ? ` · ${escaped(facts.state)}` : '';
  const columns = facts.columns.filter(([, value]) => value !== facts.name).slice(0, 6);
  const rows = columns.map(([title, value]) => `${escaped(title)} ${escaped(value)}`).join(' · ');
  const copy = `command:hybridClusters.copyId?${encodeURIComponent(JSON.stringify([facts.id]))}`;
  const links = `[Show in Clouds](${revealCommand(uri, facts.kind, facts.id)}) · [Copy id](${copy})`;
  const clock = new Date().toTimeString().slice(0, 5);
  const footer = [place, clock, user && `as ${user}`]
    .filter(Boolean)
    .map((part) => escaped(String(part)))
    .join(' · ');
  return [`**${escaped(one)}** ${escaped(facts.name)}${state}`, rows, `\`${facts.id.replaceAll('`', '')}\``, links, `*${footer}*`]
    .filter(Boolean)
    .join('\n\n');
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&');
}

import { type Hover, MarkupKind } from 'vscode-languageserver-types';
import { kindOf } from '../openstack/kinds/kinds.ts';
import type { BindingAnswer, ResourceFacts } from '../protocol.ts';
import type { OpenDocument } from './openDocument.ts';
import { type PlacedReference, revealCommand } from './referenceAt.ts';
import type { ResourceUse } from './resourceUses.ts';

/** The live resource behind a value: kind and name, state, its columns, and the way to it in the tree. Names are written by tenants: all of it is escaped. */
export function hoverOf(
  document: OpenDocument,
  { placed, reference }: PlacedReference,
  facts: ResourceFacts,
  binding: BindingAnswer & { readonly uses: readonly ResourceUse[] },
): Hover {
  return {
    range: document.toRange(placed, reference.range),
    contents: { kind: MarkupKind.Markdown, value: describe(document.uri, facts, binding) },
  };
}

function describe(
  uri: string,
  facts: ResourceFacts,
  { place, user, uses }: BindingAnswer & { readonly uses: readonly ResourceUse[] },
): string {
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
  return [
    `**${escaped(one)}** ${escaped(facts.name)}${state}`,
    rows,
    usedBy(uses),
    `\`${facts.id.replaceAll('`', '')}\``,
    links,
    `*${footer}*`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

const mostUses = 4;

/** Nothing for a resource that only the manifest in front names. */
function usedBy(uses: readonly ResourceUse[]): string {
  if (uses.length < 2) return '';
  const shown = uses
    .slice(0, mostUses)
    .map(({ kind, name, uri, line }) => `[${escaped(`${kind} ${name}`)}](${uri}#L${line + 1})`);
  const more = uses.length > mostUses ? ` and ${uses.length - mostUses} more` : '';
  return `Named by ${shown.join(', ')}${more}`;
}

/** A text that is shown as it stands, whatever markup it holds. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&');
}

import { type CodeAction, CodeActionKind, type Diagnostic } from 'vscode-languageserver-types';
import type { Reference } from '../manifest/references.ts';
import { useFix } from '../manifest/verdict.ts';
import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { ResourceFacts } from '../protocol.ts';
import type { DiagnosticData } from './diagnostics.ts';
import { toResource } from './host.ts';

const offered = 6;

/** The quick fixes of one diagnostic: its own replacements first; for a reference that names nothing, then the resources there are, whatever they are called. */
export function codeActionsFor(
  uri: string,
  diagnostic: Diagnostic,
  reference: Reference | undefined,
  existing: readonly ResourceFacts[],
): CodeAction[] {
  const data = diagnostic.data as DiagnosticData | undefined;
  const own = data?.fixes ?? [];
  const others =
    reference?.text !== undefined && !reference.manifest.encoded
      ? existing.slice(0, offered).map((facts) => useFix(reference, toResource(facts.kind, facts), false))
      : [];
  const titles = new Set(own.map(({ title }) => title));
  return [...own, ...others.filter(({ title }) => !titles.has(title))]
    .map(({ title, newText, preferred = false }) => replace(uri, diagnostic, title, newText, preferred))
    .concat(showAction(diagnostic, data));
}

function replace(uri: string, diagnostic: Diagnostic, title: string, newText: string, isPreferred: boolean): CodeAction {
  return {
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    isPreferred,
    edit: { changes: { [uri]: [{ range: diagnostic.range, newText }] } },
  };
}

function showAction(diagnostic: Diagnostic, data: DiagnosticData | undefined): CodeAction[] {
  if (data?.kind === undefined) return [];
  const [, many] = kindOf(data.kind as KindId).label;
  const title = `Show ${many.charAt(0).toLowerCase()}${many.slice(1)}…`;
  return [
    {
      title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      command: { title, command: 'hybridClusters.findResource', arguments: [{ kind: data.kind }] },
    },
  ];
}

import { type CodeAction, CodeActionKind, type Diagnostic } from 'vscode-languageserver-types';
import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { ResourceFacts } from '../protocol.ts';
import type { DiagnosticData } from './diagnostics.ts';

const offered = 6;

/** The quick fixes of one diagnostic: its own replacements first; for a reference that names nothing, then the resources there are, whatever they are called. */
export function codeActionsFor(
  uri: string,
  diagnostic: Diagnostic,
  existing: readonly ResourceFacts[],
  wantsId: boolean,
): CodeAction[] {
  const data = diagnostic.data as DiagnosticData | undefined;
  const own = (data?.fixes ?? []).map(({ title, newText, preferred = false }) =>
    replace(uri, diagnostic, title, newText, preferred),
  );
  const titles = new Set(own.map(({ title }) => title));
  const others = existing.slice(0, offered).map((facts) => {
    const value = wantsId ? facts.id : facts.name;
    const title = facts.id === facts.name ? `Use "${facts.name}"` : `Use "${facts.name}" (${facts.id.slice(0, 8)}…)`;
    return replace(
      uri,
      diagnostic,
      title,
      /^[A-Za-z][\w./-]*$/.test(value) || /[a-f-]/.test(value) ? value : JSON.stringify(value),
      false,
    );
  });
  return [...own, ...others.filter(({ title }) => !titles.has(title)), ...showAction(diagnostic, data)];
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

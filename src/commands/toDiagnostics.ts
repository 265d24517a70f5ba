import { Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, extensions, Location, Range, Uri } from 'vscode';
import { pageLineOf } from '../manifest/codes.ts';
import type { Finding, Range as Run } from '../manifest/finding.ts';
import { LineIndex } from '../manifest/lineIndex.ts';
import { uriOf } from './editorFiles.ts';

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
} as const;

/** Findings of one file as the editor shows them. `texts` holds the text of every file they name, as it was checked. */
export function toDiagnostics(findings: readonly Finding[], texts: ReadonlyMap<string, string>): Diagnostic[] {
  const indexes = new Map<string, LineIndex>();
  const rangeIn = (file: string, { start, end }: Run): Range => {
    const lines = indexes.get(file) ?? new LineIndex(texts.get(file) ?? '');
    indexes.set(file, lines);
    const [from, to] = [lines.positionAt(start), lines.positionAt(end)];
    return new Range(from.line, from.character, to.line, to.character);
  };
  return findings.map(({ file, range, message, severity, code, related = [] }) => {
    const diagnostic = new Diagnostic(rangeIn(file, range), message, severities[severity]);
    diagnostic.source = 'Hybrid Clusters';
    const page = findingsPage(code);
    diagnostic.code = page ? { value: code, target: page } : code;
    diagnostic.relatedInformation = related.map(
      (other) =>
        new DiagnosticRelatedInformation(new Location(uriOf(other.file), rangeIn(other.file, other.range)), other.message),
    );
    return diagnostic;
  });
}

/** The line of the page that explains a code. */
function findingsPage(code: string): Uri | undefined {
  const [folder, line] = [extensions.getExtension('hybrid-clusters.hybrid-clusters')?.extensionUri, pageLineOf(code)];
  return folder && line !== undefined ? Uri.joinPath(folder, 'media', 'findings.md').with({ fragment: `L${line}` }) : undefined;
}

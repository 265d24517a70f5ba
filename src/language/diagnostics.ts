import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver-types';
import type { Severity } from '../manifest/finding.ts';
import type { LocalFinding } from '../manifest/parse.ts';
import type { ReferenceFinding } from '../manifest/verdict.ts';
import type { InitializationOptions } from '../protocol.ts';
import type { OpenDocument, PlacedSection } from './openDocument.ts';

/** What a diagnostic of ours carries for its quick fixes. */
export interface DiagnosticData {
  readonly fixes: readonly { readonly title: string; readonly newText: string; readonly preferred?: boolean }[];
  /** The kind a missing reference wants, to offer what there is. */
  readonly kind?: string;
}

/** Severities as the user set them, by code; a code that ends in `.*` stands for its family. */
export type Severities = NonNullable<InitializationOptions['severities']>;

/** What decides which findings are told. */
export interface DiagnosticOptions {
  readonly severities: Severities;
  /** Another YAML extension tells syntax errors; ours stay silent. */
  readonly otherYaml: boolean;
  /** Ms since the epoch until which a value just typed is not accused. */
  readonly typingUntil: number;
  readonly now: number;
  /** False while more of the file is still to be read. */
  readonly complete: boolean;
}

const levels: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};
const syntax = new Set(['yaml.syntax', 'yaml.duplicateKey']);

/** All that is to be told of a file now. */
export function diagnosticsOf(document: OpenDocument, options: DiagnosticOptions): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  let unread: PlacedSection | undefined;
  let ours = false;
  for (const placed of document.sections) {
    const { section } = placed;
    if (!section.isRead) unread ??= placed;
    if (!section.isRead || !section.content.isManifest) continue;
    ours = true;
    for (const finding of section.content.findings) {
      if (options.otherYaml && syntax.has(finding.code)) continue;
      push(diagnostics, document, placed, finding, options);
    }
    for (const finding of section.checked?.findings ?? []) {
      if (!isBeingTyped(document, placed, finding, options)) push(diagnostics, document, placed, finding, options);
    }
  }
  if (unread && ours && options.complete) push(diagnostics, document, unread, partly, options);
  return diagnostics;
}

const partly: LocalFinding = {
  range: { start: 0, end: 3 },
  severity: 'information',
  code: 'file.partial',
  message: 'This file is so large that from here on only what is on the screen is checked.',
};

function isBeingTyped(
  { lastEdit }: OpenDocument,
  { start }: PlacedSection,
  { range }: LocalFinding,
  { now, typingUntil }: DiagnosticOptions,
): boolean {
  if (!lastEdit || now >= typingUntil) return false;
  const at = lastEdit.offset - start;
  return at >= range.start && at <= range.end;
}

function push(
  into: Diagnostic[],
  document: OpenDocument,
  placed: PlacedSection,
  finding: LocalFinding | ReferenceFinding,
  { severities }: DiagnosticOptions,
): void {
  const chosen = severities[finding.code] ?? severities[`${finding.code.split('.')[0]}.*`] ?? finding.severity;
  if (chosen === 'off') return;
  const data = dataOf(finding);
  into.push({
    range: document.toRange(placed, finding.range),
    severity: levels[chosen],
    code: finding.code,
    source: 'Hybrid Clusters',
    message: finding.message,
    ...(finding.code === 'api.deprecated' ? { tags: [DiagnosticTag.Deprecated] } : {}),
    ...(data ? { data } : {}),
  });
}

function dataOf(finding: LocalFinding | ReferenceFinding): DiagnosticData | undefined {
  if (!('reference' in finding)) return undefined;
  const { fixes = [], reference } = finding;
  return { fixes, ...(finding.code === 'reference.missing' ? { kind: reference.rule.to } : {}) };
}

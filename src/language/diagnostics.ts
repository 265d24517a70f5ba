import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver-types';
import { timeOfDay } from '../base/clock.ts';
import { pageLineOf } from '../manifest/codes.ts';
import type { Severity } from '../manifest/finding.ts';
import type { LocalFinding } from '../manifest/parse.ts';
import type { SchemaFinding } from '../manifest/schema/validate.ts';
import { type Severities, severityOf } from '../manifest/severities.ts';
import { suppress } from '../manifest/suppressions.ts';
import type { ReferenceFinding } from '../manifest/verdict.ts';
import type { OpenDocument, PlacedSection } from './openDocument.ts';
import type { Section } from './section.ts';

/** What a diagnostic of ours carries for its quick fixes. */
export interface DiagnosticData {
  readonly fixes: readonly { readonly title: string; readonly newText: string; readonly preferred?: boolean }[];
  /** The kind a missing reference wants, to offer what there is. */
  readonly kind?: string;
}

/** What decides which findings are told. */
export interface DiagnosticOptions {
  readonly severities: Severities;
  /** Address of `media/findings.md`; codes lead nowhere without one. */
  readonly findingsPage?: string | undefined;
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
    // Whether a few parameters are an environment, the template beside them tells.
    if (!section.isRead || !(section.content.isManifest || section.objects.length > 0)) continue;
    ours = true;
    if (isSilent(section)) continue;
    const asked = [...section.structure, ...(section.checked?.findings ?? []), ...section.objects];
    // What an anchor stands for is wrong wherever it is taken, and told where it is written.
    const told = new Set<string>();
    const held = new Set<LocalFinding | SchemaFinding>(asked);
    for (const finding of answered(section, [...section.content.findings, ...asked])) {
      const { range, code, message } = finding;
      const key = `${range.start} ${code} ${message}`;
      if (told.has(key) || (options.otherYaml && syntax.has(code))) continue;
      told.add(key);
      if (!held.has(finding) || !isBeingTyped(document, placed, finding, options))
        push(diagnostics, document, placed, finding, options);
    }
  }
  if (unread && ours && options.complete) push(diagnostics, document, unread, partly, options);
  return diagnostics;
}

/** Most sections of a large file have nothing to tell. */
function isSilent({ content, structure, checked, objects }: Section): boolean {
  const { findings, suppressions } = content;
  return findings.length + suppressions.length + structure.length + objects.length + (checked?.findings.length ?? 0) === 0;
}

/** What no comment answers, and what is to be said of such comments. */
function answered<F extends LocalFinding | SchemaFinding>(
  { content, checked }: Section,
  findings: readonly F[],
): readonly (F | LocalFinding)[] {
  if (content.suppressions.length === 0) return findings;
  const cloud = checked?.unknown === 0 || content.references.length === 0;
  const { told, remarks } = suppress(findings, content.suppressions, { files: false, cloud, cluster: false });
  return [...told, ...remarks];
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
  finding: LocalFinding | ReferenceFinding | SchemaFinding,
  { severities, findingsPage }: DiagnosticOptions,
): void {
  const chosen = severityOf(finding, severities);
  if (chosen === 'off') return;
  const data = dataOf(finding);
  const line = findingsPage === undefined ? undefined : pageLineOf(finding.code);
  into.push({
    range: document.toRange(placed, finding.range),
    severity: levels[chosen],
    code: finding.code,
    // the editor opens a file at the line of such a fragment
    ...(line === undefined ? {} : { codeDescription: { href: `${findingsPage}#L${line}` } }),
    source: 'Hybrid Clusters',
    message: 'reference' in finding ? asOf(finding.message, placed.section) : finding.message,
    ...(finding.code === 'api.deprecated' ? { tags: [DiagnosticTag.Deprecated] } : {}),
    ...(data ? { data } : {}),
  });
}

/** Clouds change while a text does not, so that a sentence about one tells when it was true. */
function asOf(message: string, { checked }: Section): string {
  return checked ? `${message} As of ${timeOfDay(checked.at)}.` : message;
}

function dataOf(finding: LocalFinding | ReferenceFinding | SchemaFinding): DiagnosticData | undefined {
  const { fixes = [] } = finding;
  if (!('reference' in finding)) return fixes.length > 0 ? { fixes } : undefined;
  const { reference } = finding;
  return { fixes, ...(finding.code === 'reference.missing' ? { kind: reference.rule.to } : {}) };
}

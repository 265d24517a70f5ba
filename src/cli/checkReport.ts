import type { Finding, LivePlace } from '../manifest/finding.ts';
import { pathText } from '../manifest/liveObject.ts';
import { type Severities, severityOf } from '../manifest/severities.ts';
import { type Asked, isAnswered, suppressInFiles } from '../manifest/suppressions.ts';
import type { KnownFinding } from './baseline.ts';
import { type FindingRow, findingLine, findingRows } from './findingRows.ts';
import { fingerprints, plainPath } from './fingerprint.ts';

/** A finding as a check tells it. */
export interface ReportedFinding {
  readonly finding: Finding;
  readonly row: FindingRow;
  readonly fingerprint: string;
  /** True for one of the baseline: it fails nothing. */
  readonly known: boolean;
}

/** What a check has to say, whichever way it is printed; ordered by file and place. */
export interface CheckReport {
  readonly told: readonly ReportedFinding[];
  /** Those that a comment answers, with its reason. */
  readonly ignored: readonly (ReportedFinding & { readonly reason: string | undefined })[];
  /** Those of the baseline that are no more, as far as it was looked. */
  readonly gone: readonly KnownFinding[];
}

/** What a report is made of: findings with the texts they count in, what was looked at for them, and what the user wants of them. */
export interface Found {
  readonly findings: readonly Finding[];
  readonly texts: ReadonlyMap<string, string>;
  readonly asked: Asked;
  readonly severities: Severities;
  readonly baseline: readonly KnownFinding[];
}

/** Hears comments, severities and the baseline, in this order. */
export function checkReport({ findings, texts, asked, severities, baseline }: Found): CheckReport {
  const { told, ignored } = suppressInFiles(findings, texts, asked);
  const reasons = new Map(ignored.map(({ finding, reason }) => [finding, reason]));
  const all = [...told, ...reasons.keys()].sort(byPlace);
  const marks = fingerprints(all, texts);
  const known = new Set(baseline.map(({ fingerprint }) => fingerprint));
  const rated = all.flatMap((source, index) => {
    const severity = severityOf(source, severities);
    return severity === 'off' ? [] : [{ source, finding: { ...source, severity }, fingerprint: marks[index] ?? '' }];
  });
  // rows come in the order that these are in
  const rows = findingRows(
    rated.map(({ finding }) => finding),
    texts,
  );
  const reported = rated.flatMap((one, index) => {
    const row = rows[index];
    return row ? [{ ...one, row, known: known.has(one.fingerprint) }] : [];
  });
  const there = new Set(marks);
  const read = new Set([...texts.keys()].map(plainPath));
  return {
    told: reported.filter(({ source }) => !reasons.has(source)),
    ignored: reported.filter(({ source }) => reasons.has(source)).map((one) => ({ ...one, reason: reasons.get(one.source) })),
    gone: baseline.filter(({ fingerprint, file, code }) => !there.has(fingerprint) && read.has(file) && isAnswered(code, asked)),
  };
}

/** Whether something is wrong that is not known. */
export function hasNewErrors({ told }: CheckReport): boolean {
  return told.some(({ finding, known }) => finding.severity === 'error' && !known);
}

/** The findings as a baseline keeps them. */
export function knownFindings({ told }: CheckReport): readonly KnownFinding[] {
  return told.map(({ fingerprint, finding: { file, code, message } }) => ({ fingerprint, file: plainPath(file), code, message }));
}

/** One line a finding. */
export function reportLines({ told }: CheckReport): readonly string[] {
  return told.map(({ row, known }) => `${findingLine(row)}${known ? ' (known)' : ''}`);
}

/** The same for programs. */
export function reportJson({ told }: CheckReport): readonly object[] {
  return told.map(({ row, fingerprint, known }) => ({
    ...(row.live ? liveJson(row, row.live) : row),
    fingerprint,
    ...(known ? { known } : {}),
  }));
}

function liveJson({ severity, code, message }: FindingRow, { path, line: _, ...object }: LivePlace): object {
  return { object, path: pathText(path), severity, code, message };
}

/** What of a report is no line of its own, as one sentence; undefined when there is nothing of that kind. */
export function reportSummary({ told, ignored, gone }: CheckReport): string | undefined {
  const known = told.filter((one) => one.known).length;
  const parts = [
    ...(known > 0 ? [`${known} known`] : []),
    ...(ignored.length > 0 ? [`${ignored.length} ignored by a comment`] : []),
    ...(gone.length > 0
      ? [`${gone.length} of the baseline ${gone.length === 1 ? 'is' : 'are'} gone (--write-baseline forgets them)`]
      : []),
  ];
  return parts.length === 0 ? undefined : `Findings: ${parts.join(', ')}.`;
}

function byPlace(one: Finding, other: Finding): number {
  return one.file < other.file ? -1 : one.file > other.file ? 1 : one.range.start - other.range.start;
}

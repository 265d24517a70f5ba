import { codes, type Needs } from './codes.ts';
import type { Finding, Range } from './finding.ts';
import type { LocalFinding } from './parse.ts';
import { familyOf } from './severities.ts';
import { splitDocuments } from './split.ts';

/** A comment `# hybrid-clusters: ignore reference.missing – made by Terraform` and the line it speaks of. */
export interface Suppression {
  /** The comment. */
  readonly range: Range;
  /** Codes, or families as `reference.*`. */
  readonly codes: readonly string[];
  /** Undefined when none is given. */
  readonly reason: string | undefined;
  /** The line it stands on, when something else stands there, too; else the next line of its document that is no comment and not blank. */
  readonly covers: Range;
  /** True in text that is to be rendered first: much of it is not checked, so that nothing there is known to be for nothing. */
  readonly template: boolean;
}

/** What is left of findings when the suppressions have been heard. */
export interface Suppressed<F> {
  readonly told: readonly F[];
  readonly ignored: readonly { readonly finding: F; readonly reason: string | undefined }[];
  /** About the suppressions themselves: without a reason, or for nothing. */
  readonly remarks: readonly LocalFinding[];
}

/** What was looked at, so that a code that only they can find and that is not there is known to be for nothing. */
export type Asked = Readonly<Record<Exclude<Needs, 'text'>, boolean>>;

/** Codes of text that could not be read to its end: what else stands there is not known. */
const unread = new Set(['yaml.syntax', 'yaml.conflict', 'yaml.tooLarge', 'yaml.tooDeep']);
const MARK = 'hybrid-clusters:';
const COMMENT = /(^|[ \t])#[ \t]*hybrid-clusters:[ \t]*ignore(?![\w-])([^\r\n]*)/gm;
const CODES = /^[ \t]*[A-Za-z]+(?:\.[A-Za-z]+)*\.(?:[A-Za-z]+|\*)(?:[ \t]*,[ \t]*[A-Za-z]+(?:\.[A-Za-z]+)*\.(?:[A-Za-z]+|\*))*/;
const REASON = /^[ \t]*(?:[–—:]|--?)[ \t]*(.*?)[ \t]*$/;

/** The suppressions of one YAML document, in order; ranges count from its start. */
export function suppressionsIn(text: string): readonly Suppression[] {
  if (!text.includes(MARK)) return [];
  const template = /\{\{|\{%|\$\{/.test(text);
  const found: Suppression[] = [];
  for (const { index, 0: whole, 1: before = '', 2: rest = '' } of text.matchAll(COMMENT)) {
    const start = index + before.length;
    const named = CODES.exec(rest)?.[0] ?? '';
    const reason = REASON.exec(rest.slice(named.length))?.[1];
    found.push({
      range: { start, end: index + whole.trimEnd().length },
      codes: named
        .split(',')
        .map((code) => code.trim())
        .filter((code) => code !== ''),
      reason: reason === '' ? undefined : reason,
      covers: coveredBy(text, start, found.at(-1)),
      template,
    });
  }
  return found;
}

/** The same of a whole file: a comment never speaks of a line of the next document. */
export function suppressionsOf(text: string): readonly Suppression[] {
  if (!text.includes(MARK)) return [];
  return splitDocuments(text).flatMap(({ start, end }) =>
    suppressionsIn(text.slice(start, end)).map((one) => ({
      ...one,
      range: moved(one.range, start),
      covers: moved(one.covers, start),
    })),
  );
}

/** Parts findings into those that are told and those that a comment on their line answers; the ranges of both count from the same start. */
export function suppress<F extends Pick<Finding, 'code' | 'range'>>(
  findings: readonly F[],
  suppressions: readonly Suppression[],
  asked: Asked,
): Suppressed<F> {
  if (suppressions.length === 0) return { told: findings, ignored: [], remarks: [] };
  const used = new Map<Suppression, Set<string>>(suppressions.map((one) => [one, new Set()]));
  const told: F[] = [];
  const ignored: { finding: F; reason: string | undefined }[] = [];
  for (const finding of findings) {
    const by = onLine(suppressions, finding).filter((one) => speaksOf(one, finding));
    for (const one of by) for (const code of one.codes) if (isMeant(code, finding.code)) used.get(one)?.add(code);
    const [first] = by;
    if (first) ignored.push({ finding, reason: by.find(({ reason }) => reason !== undefined)?.reason });
    else told.push(finding);
  }
  const whole = !findings.some(({ code }) => unread.has(code));
  return { told, ignored, remarks: suppressions.flatMap((one) => remarksOn(one, used.get(one) ?? new Set(), whole, asked)) };
}

/** The same for findings of several files; a file whose text is not at hand has no comments. */
export function suppressInFiles(
  findings: readonly Finding[],
  texts: ReadonlyMap<string, string>,
  asked: Asked,
): { readonly told: readonly Finding[]; readonly ignored: Suppressed<Finding>['ignored'] } {
  const byFile = Map.groupBy(findings, ({ file }) => file);
  const quiet = [...texts.keys()].filter((file) => !byFile.has(file)).map((file) => [file, []] as const);
  const files = [...byFile, ...quiet].map(([file, all]) => ({
    file,
    ...suppress(all, suppressionsOf(texts.get(file) ?? ''), asked),
  }));
  return {
    told: files.flatMap(({ file, told, remarks }) => [...told, ...remarks.map((remark): Finding => ({ file, ...remark }))]),
    ignored: files.flatMap(({ ignored }) => ignored),
  };
}

/** Whether everybody has been asked who could have found this. */
export function isAnswered(code: string, asked: Asked): boolean {
  const rows = Object.entries(codes).filter(([known]) => isMeant(code, known));
  return rows.every(([, { needs }]) => needs === 'text' || asked[needs]);
}

/** The comment that answers a finding, without its reason: whoever writes it says why. */
export function suppressionComment(code: string): string {
  return `# ${MARK} ignore ${code} – `;
}

function remarksOn(
  { range, codes: named, reason, template }: Suppression,
  used: ReadonlySet<string>,
  whole: boolean,
  asked: Asked,
): LocalFinding[] {
  const remark = (code: string, message: string): LocalFinding => ({ range, severity: 'information', code, message });
  if (named.length === 0) return [remark('suppression.unused', 'This comment names no code, so it suppresses nothing.')];
  const unused = named.filter((code) => whole && !template && !used.has(code) && isAnswered(code, asked));
  return [
    ...(reason === undefined ? [remark('suppression.reason', `Why is ${named.join(', ')} ignored? Say it after a dash.`)] : []),
    ...unused.map((code) =>
      remark('suppression.unused', `There is no ${code} on that line; this comment suppresses nothing of it.`),
    ),
  ];
}

/** Those whose line may be that of a finding: they stand in the order of the lines they cover. */
function onLine(suppressions: readonly Suppression[], { range }: Pick<Finding, 'range'>): readonly Suppression[] {
  const firstWhere = (holds: (start: number) => boolean) => {
    let [low, high] = [0, suppressions.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(suppressions[middle]?.covers.start ?? 0)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const end = firstWhere((start) => start > range.start);
  const line = suppressions[end - 1]?.covers.start ?? 0;
  return suppressions.slice(
    firstWhere((start) => start >= line),
    end,
  );
}

function speaksOf({ codes: named, covers }: Suppression, { code, range }: Pick<Finding, 'code' | 'range'>): boolean {
  return range.start >= covers.start && range.start <= covers.end && named.some((one) => isMeant(one, code));
}

function isMeant(named: string, code: string): boolean {
  return named === code || named === `${familyOf(code)}.*`;
}

function coveredBy(text: string, comment: number, before: Suppression | undefined): Range {
  const own = lineAt(text, comment);
  if (text.slice(own.start, comment).trim() !== '') return own;
  // what the comment above looked past is not looked through again
  if (before && before.covers.start > comment) return before.covers;
  for (let line = own; line.end < text.length; ) {
    line = lineAt(text, line.end + 1);
    const content = text.slice(line.start, line.end).trim();
    if (content !== '' && content !== '---' && !content.startsWith('#')) return line;
  }
  return { start: text.length, end: text.length };
}

function lineAt(text: string, offset: number): Range {
  const end = text.indexOf('\n', offset);
  return { start: text.lastIndexOf('\n', offset - 1) + 1, end: end < 0 ? text.length : end };
}

function moved({ start, end }: Range, by: number): Range {
  return { start: start + by, end: end + by };
}

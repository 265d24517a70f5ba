import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CodeRow, codes } from '../manifest/codes.ts';
import type { LivePlace, Severity } from '../manifest/finding.ts';
import { LineIndex } from '../manifest/lineIndex.ts';
import { liveName, pathText } from '../manifest/liveObject.ts';
import type { Severities } from '../manifest/severities.ts';
import type { CheckReport, ReportedFinding } from './checkReport.ts';
import { plainPath } from './fingerprint.ts';
import { STDIN } from './standardInput.ts';

/** What a SARIF report says of its run beside the findings. */
export interface CheckRun {
  /** Of this program. */
  readonly version: string;
  /** The folder that names of files count from. */
  readonly folder: string;
  readonly exitCode: number;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** Who was asked: `cloud`, `project`, `context`, `namespace`, or `offline`. */
  readonly asked: Readonly<Record<string, string | boolean>>;
  readonly unchecked: number;
  /** What could not be read, one sentence each. */
  readonly troubles: readonly string[];
  readonly severities: Severities;
  readonly hasBaseline: boolean;
  readonly texts: ReadonlyMap<string, string>;
}

const ROOT = 'SRCROOT';
const FINGERPRINT = 'hybridClusters/v1';
const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};
const meanings: Readonly<Record<number, string>> = {
  0: 'no new errors',
  1: 'could not run',
  5: 'errors found, or references left unchecked that had to be checked',
};

/**
 * A report as SARIF 2.1.0, one run. Columns count UTF-16 units from 1 and ends are exclusive (§3.14.17, §3.30); what a comment answers is suppressed `inSource` (§3.35),
 * what a baseline knows is `unchanged` (§3.27.24); paths are relative to `SRCROOT`; a live object is a logical location (§3.33), since it has no file. Source: OASIS, SARIF 2.1.0.
 */
export function sarifLog(report: CheckReport, run: CheckRun): object {
  const results = [...report.told.map((one) => ({ ...one, suppressions: [] })), ...report.ignored.map(suppressed)].sort(byPlace);
  const ids = Object.keys(codes);
  for (const { row } of results) if (!ids.includes(row.code)) ids.push(row.code);
  const lines = new Map([...run.texts].map(([file, text]) => [file, new LineIndex(text)]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'hybrid-clusters', version: run.version, semanticVersion: run.version, rules: ids.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [ROOT]: { uri: `${pathToFileURL(run.folder).href.replace(/\/$/, '')}/` } },
        invocations: [invocationOf(run, ids)],
        results: results.map((one) => resultOf(one, ids.indexOf(one.row.code), run, lines)),
        properties: { ...run.asked, unchecked: run.unchecked },
      },
    ],
  };
}

type Result = ReportedFinding & { readonly suppressions: readonly object[] };

function suppressed(one: CheckReport['ignored'][number]): Result {
  const { reason } = one;
  return { ...one, suppressions: [{ kind: 'inSource', ...(reason === undefined ? {} : { justification: reason }) }] };
}

function byPlace({ row: one }: Result, { row: other }: Result): number {
  return one.file < other.file ? -1 : one.file > other.file ? 1 : one.line - other.line || one.column - other.column;
}

function ruleOf(id: string): object {
  const row: CodeRow | undefined = codes[id];
  if (!row) return { id };
  const { severity, needs, what, why, source } = row;
  return {
    id,
    shortDescription: { text: what },
    fullDescription: { text: `${what} ${why}` },
    helpUri: source,
    help: { text: `${what} ${why} Source: ${source}`, markdown: `${what} ${why} [Source](${source})` },
    defaultConfiguration: { level: levels[severity] },
    properties: { needs },
  };
}

function invocationOf(run: CheckRun, ids: readonly string[]): object {
  const overrides = ids.flatMap((id, index) => {
    const chosen = run.severities[id] ?? run.severities[`${id.split('.')[0]}.*`];
    if (chosen === undefined) return [];
    return [{ descriptor: { id, index }, configuration: chosen === 'off' ? { enabled: false } : { level: levels[chosen] } }];
  });
  return {
    executionSuccessful: run.exitCode !== 1,
    exitCode: run.exitCode,
    exitCodeDescription: meanings[run.exitCode] ?? '',
    startTimeUtc: run.startedAt.toISOString(),
    endTimeUtc: run.endedAt.toISOString(),
    ...(overrides.length === 0 ? {} : { ruleConfigurationOverrides: overrides }),
    toolExecutionNotifications: run.troubles.map((text) => ({ level: 'error', message: { text } })),
  };
}

function resultOf(one: Result, ruleIndex: number, run: CheckRun, lines: ReadonlyMap<string, LineIndex>): object {
  const { finding, row, fingerprint, known, suppressions } = one;
  const { file, line, column, endLine, endColumn, severity, code, message } = row;
  const artifactLocation = locationOf(file, run.folder);
  const region = { startLine: line, startColumn: column, endLine, endColumn };
  const related = (finding.related ?? []).map((other, id) => {
    const at = lines.get(other.file)?.positionAt(other.range.start);
    const place = at === undefined ? {} : { region: { startLine: at.line + 1, startColumn: at.character + 1 } };
    return {
      id,
      message: { text: other.message },
      physicalLocation: { artifactLocation: locationOf(other.file, run.folder), ...place },
    };
  });
  const fixes = (finding.fixes ?? [])
    .filter(({ secret }) => !secret)
    .map(({ title, newText }) => ({
      description: { text: title },
      artifactChanges: [{ artifactLocation, replacements: [{ deletedRegion: region, insertedContent: { text: newText } }] }],
    }));
  return {
    ruleId: code,
    ruleIndex,
    level: levels[severity],
    message: { text: message },
    locations: [
      row.live ? { logicalLocations: [logicalLocation(row.live)] } : { physicalLocation: { artifactLocation, region } },
    ],
    ...(related.length === 0 ? {} : { relatedLocations: related }),
    partialFingerprints: { [FINGERPRINT]: fingerprint },
    ...(run.hasBaseline ? { baselineState: known ? 'unchanged' : 'new' } : {}),
    suppressions,
    ...(fixes.length === 0 ? {} : { fixes }),
  };
}

/** A field of a live object as SARIF names it: `context/shop/v1/Service/web/spec.type`. */
function logicalLocation(live: LivePlace): object {
  const path = pathText(live.path);
  const { kind, name = '' } = live;
  const object = liveName(live);
  return path === ''
    ? { name: `${kind} ${name}`.trim(), fullyQualifiedName: object, kind: 'object' }
    : { name: path, fullyQualifiedName: `${object}/${path}`, decoratedName: `${kind} ${name} ${path}`, kind: 'property' };
}

/** A file as SARIF names it: below the folder relative to it, elsewhere by its whole address; standard input by a word. */
function locationOf(file: string, folder: string): object {
  if (file === STDIN) return { uri: 'stdin' };
  const path = plainPath(file);
  if (isAbsolute(file) || path.startsWith('../')) return { uri: pathToFileURL(resolve(folder, file)).href };
  return { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: ROOT };
}

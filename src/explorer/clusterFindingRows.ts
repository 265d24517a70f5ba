import { type ClusterCheck, notListedLines } from '../deploy/live/checkCluster.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { products, type Upgrade, unknownReleaseLines } from '../manifest/apiVersions.ts';
import type { Finding, Severity } from '../manifest/finding.ts';
import { pathText } from '../manifest/liveObject.ts';
import type { Mood, ViewRow } from './deploymentRows.ts';

/** A check of a cluster as it is shown: what was asked of whom, and what came of it. */
export interface ClusterReport {
  readonly cluster: Cluster;
  /** Ms since the epoch. */
  readonly at: number;
  /** Where OpenStack's resources were looked for; undefined where no cloud was asked. */
  readonly place: string | undefined;
  readonly namespace: string | undefined;
  readonly upgrade: Upgrade | undefined;
  readonly check: ClusterCheck;
  /** Those of live objects, then those of files of the workspace; as the user wants them rated. */
  readonly findings: readonly Finding[];
}

/** What a row of *Cluster Findings* stands for: what its commands get. */
export type FindingSubject = { readonly of: 'findings'; readonly findings: readonly Finding[] } | { readonly of: 'message' };
export type FindingRow = ViewRow<FindingSubject>;

const looks: Readonly<Record<Severity, readonly [icon: string, mood: Mood]>> = {
  error: ['error', 'bad'],
  warning: ['warning', 'warning'],
  information: ['info', 'quiet'],
  hint: ['lightbulb', 'quiet'],
};
const ranks: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

/** The check as rows: on top what was checked, below each object or file with a finding, worst first, then what was not looked at. */
export function findingRows(report: ClusterReport): readonly FindingRow[] {
  const { findings, cluster, check } = report;
  const groups = [...Map.groupBy(findings, ({ file }) => file).values()];
  const ordered = groups.sort((one, other) => rankOf(one) - rankOf(other));
  const silent = [
    ...(check.unchecked > 0
      ? [
          `${check.unchecked} of ${check.references} references could not be checked: ${(check.paused ?? 'no answer').replace(/\.+$/, '')}.`,
        ]
      : []),
    ...notListedLines(cluster.context.name, check.notListed),
    ...(report.upgrade ? unknownReleaseLines(report.upgrade) : []),
  ];
  return [
    {
      id: 'report',
      label: titleOf(report),
      description: sumOf(report),
      icon: findings.length === 0 ? 'check' : 'checklist',
      mood: findings.length === 0 ? 'good' : 'quiet',
      words: ['report'],
      subject: { of: 'findings', findings },
      children: [...ordered.map((group) => groupRow(group, report.place)), ...silent.map(messageRow)],
      open: true,
    },
  ];
}

function titleOf({ cluster, namespace, upgrade }: ClusterReport): string {
  const before = upgrade ? `before ${products[upgrade.product].name} ${upgrade.to}` : undefined;
  return [cluster.context.name, namespace, before].filter(Boolean).join(' · ');
}

function sumOf({ findings, check: { objects, kinds }, at, place }: ClusterReport): string {
  const time = new Date(at);
  const clock = [time.getHours(), time.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  const many = findings.length === 1 ? '1 finding' : `${findings.length || 'no'} findings`;
  return `${many} · ${objects} objects of ${kinds} kinds · as of ${clock}${place === undefined ? ', no cloud asked' : `, ${place}`}`;
}

function groupRow(findings: readonly Finding[], place: string | undefined): FindingRow {
  const [first] = findings as readonly [Finding, ...Finding[]];
  const { live, file } = first;
  const [icon, mood] = looks[ranks[rankOf(findings)] ?? 'hint'];
  const count = findings.length === 1 ? undefined : `${findings.length} findings`;
  const label = live ? [live.kind, live.name].filter(Boolean).join(' ') : file.slice(file.lastIndexOf('/') + 1);
  const where = live ? (live.namespace ?? (live.name === undefined ? live.apiVersion : undefined)) : file;
  return {
    id: file,
    label,
    description: [where, count].filter(Boolean).join(' · '),
    icon,
    mood,
    words: ['findings'],
    subject: { of: 'findings', findings },
    children: [...findings].sort(bySeverity).map((finding, index) => findingRow(finding, `${file}#${index}`, place)),
    open: true,
  };
}

/** Where it was looked stands in the row above all. */
function findingRow(finding: Finding, id: string, place: string | undefined): FindingRow {
  const { message, code, severity, live } = finding;
  const [icon, mood] = looks[severity];
  return {
    id,
    label: place === undefined ? message : message.replace(` in ${place}`, ''),
    description: [code, live && pathText(live.path)].filter(Boolean).join(' · '),
    icon,
    mood,
    words: ['finding'],
    subject: { of: 'findings', findings: [finding] },
    children: [],
    open: false,
  };
}

function messageRow(label: string): FindingRow {
  const subject = { of: 'message' } as const;
  return {
    id: label,
    label,
    description: '',
    icon: 'circle-slash',
    mood: 'quiet',
    words: [],
    subject,
    children: [],
    open: false,
  };
}

function bySeverity(one: Finding, other: Finding): number {
  return ranks.indexOf(one.severity) - ranks.indexOf(other.severity);
}

function rankOf(findings: readonly Finding[]): number {
  return Math.min(...findings.map(({ severity }) => ranks.indexOf(severity)));
}

import { plainText } from '../../base/plainText.ts';
import { redactText } from '../../base/redact.ts';
import { fileName } from '../files/fileName.ts';
import { actionWord, countsLine, targetName } from '../plan/planText.ts';
import { seconds, stateWord } from '../run/summary.ts';
import type { Step } from '../types.ts';
import type { RecordedStep, RunRecord } from './runRecord.ts';

/**
 * A run as a Markdown document to be read, copied and sent on: target, commit, plan, times of each object, what waited on what, what went wrong. Times of objects count from the
 * beginning of the run. Everything that a server or a manifest said is escaped, and no value of a Secret is in a record.
 */
export function reportOf(record: RunRecord): string {
  const { name, target, summary, steps } = record;
  const bad = steps.filter(({ state }) => state === 'failed' || state === 'notReady');
  const waits = waitsOf(record);
  return `${[
    `# ${words(name)} → ${words(targetName(target))}: ${OUTCOMES[summary.outcome]}`,
    '',
    words(summary.sentence),
    ...(record.rolledBack === undefined ? [] : ['', words(record.rolledBack)]),
    '',
    ...factsOf(record),
    '',
    '## Objects',
    '',
    ...(steps.length === 0
      ? ['None.']
      : table(
          ['Object', 'Plan', 'Result', 'Sent', 'Applied', 'Settled', 'Written in'],
          steps.map((step) => objectRow(step, record)),
        )),
    ...checksOf(record),
    ...(waits.length === 0 ? [] : ['', '## What waited on what', '', ...waits.map((line) => `- ${line}`)]),
    ...(bad.length === 0 && record.blockers.length === 0 ? [] : ['', '## What went wrong']),
    ...(record.blockers.length === 0 ? [] : ['', ...record.blockers.map(({ message }) => `- ${words(message)}`)]),
    ...bad.flatMap(diagnosisOf),
  ].join('\n')}\n`;
}

function checksOf({ checks = [] }: RunRecord): string[] {
  if (checks.length === 0) return [];
  const rows = checks.map(({ key, state, message = '', tookMs, file, line }) => [
    words(key.replace(/^check /, '')),
    state === 'ready' ? 'passed' : state,
    words(message),
    seconds(tookMs),
    words(`${fileName(file)}:${line}`),
  ]);
  const said = checks.flatMap(({ children }) => children.flatMap(({ log = [] }) => log));
  return ['', '## Checks', '', ...table(['Check', 'Result', 'What it says', 'Took', 'Written in'], rows), ...lastLines(said)];
}

const lastLines = (log: readonly string[]) =>
  log.length === 0 ? [] : ['', ...log.map((line) => `    ${plainText(redactText(line), 600)}`)];

const OUTCOMES: Readonly<Record<RunRecord['summary']['outcome'], string>> = {
  succeeded: 'succeeded',
  unchanged: 'nothing to change',
  failed: 'failed',
  partial: 'partly failed',
  cancelled: 'cancelled',
  refused: 'refused',
};

/** `workspace/shop`: a report is handed on, and the folders of a machine are nobody else's business. */
const shortPlace = (place: string) => place.split(/[\\/]/).filter(Boolean).slice(-2).join('/');

function factsOf({ target, holder, commit, startedAt, counts, summary, run, places, backTo }: RunRecord): string[] {
  const { server, user, clusterUid, fingerprint, cloud, project } = target;
  const identity = clusterUid ?? fingerprint;
  const id = commit && `\`${commit.id.slice(0, 12)}\`${commit.dirty ? ', with changes that are not committed' : ''}`;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Target', `${words(targetName(target))} at ${words(server)}${user === undefined ? '' : ` as ${words(user)}`}`],
    ['Cluster', identity && `\`${words(identity)}\``],
    ['Cloud', cloud && words([cloud, project].filter(Boolean).join('/'))],
    ['From', places.length === 0 ? undefined : words(places.map(shortPlace).join(', '))],
    ['Commit', id],
    ['Begun', `${new Date(startedAt).toISOString()} by ${words([holder.user, holder.host].filter(Boolean).join(' on '))}`],
    ['Took', seconds(summary.tookMs)],
    ['Plan', countsLine(counts)],
    ['Run', `\`${words(run)}\``],
    [
      'Goes back to',
      backTo &&
        `run \`${words(backTo.run)}\`${backTo.after === undefined ? '' : ` by itself, after run \`${words(backTo.after)}\` failed`}`,
    ],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [`- **${name}:** ${value}`]));
}

function objectRow(step: RecordedStep, { startedAt }: RunRecord): string[] {
  const since = (at: number | undefined) => (at === undefined ? '' : seconds(at - startedAt));
  const result = [...new Set([step.applied, step.state])].map(stateWord).join(', ');
  const retries = step.retries === 0 ? '' : ` (tried again ${step.retries === 1 ? 'once' : `${step.retries} times`})`;
  return [
    words(step.key),
    words([actionWord(step.action), step.reason].filter(Boolean).join(': ')),
    `${result}${retries}`,
    since(step.sentAt),
    since(step.appliedAt),
    since(step.settledAt),
    words(`${fileName(step.file)}:${step.line}`),
  ];
}

/** For each object that had to wait: for how long, and for which of those it needs, the last one there. */
function waitsOf({ steps, startedAt }: RunRecord): string[] {
  const byKey = new Map(steps.map((step) => [step.key, step]));
  return steps.flatMap((step) => {
    const needed = step.after.flatMap(({ key, until }) => {
      const other = byKey.get(key);
      return other === undefined || other.action === 'unchanged' ? [] : [{ key, until, at: whenTrue(other, until) }];
    });
    if (needed.length === 0) return [];
    if (step.state === 'skipped') return [`${words(step.key)} was not sent: ${words(step.message ?? 'skipped')}`];
    if (step.sentAt === undefined) return [];
    const last = needed.reduce((one, other) => ((other.at ?? 0) >= (one.at ?? 0) ? other : one));
    const more = needed.length === 1 ? '' : `, the last of ${needed.length}`;
    return [
      `${words(step.key)} was sent after ${seconds(step.sentAt - startedAt)}, when ${words(last.key)} was ${last.until}${more}`,
    ];
  });
}

const whenTrue = ({ appliedAt, settledAt }: RecordedStep, until: Step['after'][number]['until']) =>
  until === 'ready' ? settledAt : appliedAt;

function diagnosisOf({ key, message, state, place, file, line, children }: RecordedStep): string[] {
  const where = place ?? { file, line };
  return [
    '',
    `### ${words(key)}`,
    '',
    `${words(message ?? (state === 'notReady' ? 'not ready' : state))} (${words(`${fileName(where.file)}:${where.line}`)})`,
    ...(children.length === 0
      ? []
      : [
          '',
          ...table(
            ['Object below', 'State', 'What it says'],
            children.map(({ ref, state, message: said = '' }) => [words(`${ref.kind} ${ref.name}`), words(state), words(said)]),
          ),
        ]),
  ];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)];
}

/** A text of somebody else as one harmless line of Markdown: no markup of its own, no credentials in URLs. */
function words(text: string): string {
  return redactText(plainText(text, 600)).replace(/[\\`*_[\]<>|]/g, '\\$&');
}

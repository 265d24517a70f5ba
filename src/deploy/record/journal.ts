import { createHash } from 'node:crypto';
import { type Failure, failed, type Result, success } from '../../base/failure.ts';
import { targetName } from '../plan/planText.ts';
import type { Plan, RunSummary, StepAction, Target } from '../types.ts';
import { identityOf } from './identity.ts';
import { objectHash } from './objectHash.ts';

/** Who carries a run out, for the sentence that another window is told. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly user?: string;
}

/** A step as a journal knows it: what would be done with which content. The content itself is not in it, so a Secret's is not either. */
export interface JournalStep {
  readonly key: string;
  readonly action: StepAction;
  /** {@link objectHash} of what is sent. */
  readonly hash: string;
  readonly file: string;
  readonly line: number;
}

/** The first record: what is about to be done, to whom. */
export interface Begin {
  readonly is: 'begin';
  /** Ms since the epoch. */
  readonly at: number;
  readonly format: 1;
  readonly run: string;
  readonly set: string;
  /** What is deployed, as a person named it: the folder or file. */
  readonly name: string;
  /** The files and folders, to find the manifests again. */
  readonly places: readonly string[];
  readonly target: Target;
  readonly holder: Holder;
  readonly steps: readonly JournalStep[];
}

/** One line of a journal. `before` stands before a write is sent, `after` once the server took it, `failed` once it did not. A step that only has its `before` may or may not have been written. */
export type JournalRecord =
  | Begin
  | { readonly is: 'before'; readonly at: number; readonly key: string }
  | {
      readonly is: 'after';
      readonly at: number;
      readonly key: string;
      readonly uid?: string;
      readonly version?: string;
      readonly created: boolean;
    }
  | { readonly is: 'failed'; readonly at: number; readonly key: string; readonly message: string }
  | { readonly is: 'end'; readonly at: number; readonly outcome: RunSummary['outcome']; readonly sentence: string };

/** Where the records of a run go. `write` resolves when they are where a crash cannot take them; what cannot be noted must not be done. */
export interface Journal {
  write(record: JournalRecord): Promise<Result<void>>;
}

/** What is known of a step from its journal. */
export type Noted = 'pending' | 'sent' | 'applied' | 'failed';

/** A journal as it was read: how far its run came. */
export interface JournalState {
  readonly begin: Begin;
  readonly noted: ReadonlyMap<string, Noted>;
  /** Absent while the run goes on, and for ever when it was killed. */
  readonly end?: Extract<JournalRecord, { is: 'end' }>;
  /** The last line was cut off by the crash, and does not count. */
  readonly torn: boolean;
}

/** The set a run belongs to: the same manifests to the same namespace of the same cluster. What one lock, one journal and one history are for. */
export function deploySet(target: Target, name: string): string {
  return `${identityOf(target)} ${target.namespace} ${name}`;
}

/** The name that a set has within its namespace. */
export function nameOfSet({ set, target }: Pick<Begin, 'set' | 'target'>): string {
  return set.slice(deploySet(target, '').length);
}

/** The first record for a plan. */
export function beginOf(plan: Plan, about: Pick<Begin, 'run' | 'name' | 'places' | 'holder'>, at: number = Date.now()): Begin {
  const steps = plan.steps.map(({ key, action, object, source }) => ({
    key,
    action,
    hash: objectHash(object),
    file: source.file,
    line: source.line,
  }));
  return { is: 'begin', at, format: 1, set: deploySet(plan.target, about.name), target: plan.target, ...about, steps };
}

/** A name for a run that no other has and that sorts by time: `20260102-030405-a1b2c3`. */
export function runName(at: number, random: string): string {
  return `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${random}`;
}

/** A record as its line, with a checksum in front: a line that a crash or a full disk cut off is known by it. */
export function journalLine(record: JournalRecord): string {
  const text = JSON.stringify(record);
  return `{"sum":"${sumOf(text)}","record":${text}}\n`;
}

const LINE = /^\{"sum":"([0-9a-f]{16})","record":(.*)\}$/;

const sumOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/**
 * Reads a journal. A last line that is torn is left out. Fails with `malformed` when an earlier line is damaged or the first record is none: then nobody can say what was done.
 */
export function readJournal(text: string): Result<JournalState> {
  const lines = text.split('\n');
  const tail = lines.pop() ?? '';
  const records: JournalRecord[] = [];
  let torn = tail !== '';
  for (const [at, line] of lines.entries()) {
    const record = recordOf(line);
    if (record) records.push(record);
    else if (at === lines.length - 1 && tail === '') torn = true;
    else
      return failed(
        'malformed',
        `The journal of a deploy is damaged in line ${at + 1}. Look at what is on the cluster, then deploy again.`,
      );
  }
  const [begin] = records;
  if (begin?.is !== 'begin')
    return failed('malformed', 'The journal of a deploy has no beginning: nothing was sent before it was killed.');
  const noted = new Map<string, Noted>(begin.steps.map(({ key }) => [key, 'pending']));
  const WORDS = { before: 'sent', after: 'applied', failed: 'failed' } as const;
  for (const record of records) if (record.is !== 'begin' && record.is !== 'end') noted.set(record.key, WORDS[record.is]);
  const end = records.findLast((record) => record.is === 'end');
  return success({ begin, noted, torn, ...(end ? { end } : {}) });
}

function recordOf(line: string): JournalRecord | undefined {
  const [, sum, text = ''] = LINE.exec(line) ?? [];
  return sum !== undefined && sumOf(text) === sum ? (JSON.parse(text) as JournalRecord) : undefined;
}

/** The steps that are not known to be applied, in their order: what a run that carries on has to do. Unchanged ones and those that are kept were not to be sent. */
export function restOf({ begin, noted }: JournalState): readonly JournalStep[] {
  return begin.steps.filter(({ key, action }) => action !== 'unchanged' && action !== 'skip' && noted.get(key) !== 'applied');
}

/** How far a run came, as text: what "Inspect" shows and tests compare. */
export function printJournal(state: JournalState): string {
  const { begin, noted, end, torn } = state;
  const { holder, target, name, steps, at } = begin;
  const WORDS: Readonly<Record<Noted, string>> = {
    pending: 'not sent',
    sent: 'sent, no answer noted',
    applied: 'applied',
    failed: 'failed',
  };
  const user = holder.user === undefined ? '' : `${holder.user} on `;
  return `${[
    `${name} → ${targetName(target)} (${target.server})`,
    `begun ${new Date(at).toISOString()} by ${user}${holder.host}`,
    ...steps.map(({ key, action }) => `  ${key}: ${action === 'unchanged' ? 'unchanged' : WORDS[noted.get(key) ?? 'pending']}`),
    ...(torn ? ['The last line was cut off and does not count.'] : []),
    end ? end.sentence : `It did not end: ${restOf(state).length} of ${steps.length} left.`,
  ].join('\n')}\n`;
}

/** What another window is told that wants to deploy the same set. */
export function heldFailure(
  name: string,
  holder: Partial<Holder> & { readonly host: string },
  since: number | string,
  target: Target,
): Failure {
  const who = holder.user === undefined ? holder.host : `${holder.user} on ${holder.host}`;
  const when = typeof since === 'string' ? since : new Date(since).toISOString();
  return {
    reason: 'conflict',
    message: `${name} is being deployed to ${targetName(target)} by ${who} since ${when}. Nothing was written; wait for its end, or take over.`,
  };
}

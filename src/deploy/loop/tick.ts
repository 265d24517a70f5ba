import { timeOfDay } from '../../base/clock.ts';

/** Why a loop looked: its time had come, a file was saved, or somebody asked. */
export type LoopTrigger = 'time' | 'save' | 'gesture';

/**
 * What one round of a loop came to: nothing was other than written (`verified`), what was written anew went out and works (`applied`), somebody else changed the target (`drifted`), a person has to say yes (`asks`),
 * or it went wrong (`failed`).
 */
export type TickOutcome = 'verified' | 'applied' | 'drifted' | 'asks' | 'failed';

/** One round of a loop, over. */
export interface Tick {
  /** When it ended, in ms since the epoch. */
  readonly at: number;
  readonly trigger: LoopTrigger;
  readonly outcome: TickOutcome;
  /** As a person reads it. */
  readonly sentence: string;
  /** It is the last one: going on would do the same again and undo it again. */
  readonly ends?: true;
}

const DAY = 24 * 3_600_000;

/** Whether what is written is what works. */
export const isGood = ({ outcome }: Tick) => outcome === 'verified' || outcome === 'applied';

/** Whether a tick found the same trouble as the one before. */
export function isSameTrouble(one: Tick | undefined, other: Tick): boolean {
  return one !== undefined && !isGood(one) && one.outcome === other.outcome && one.sentence === other.sentence;
}

/** What a person is told of a tick, after the one before: trouble once, and its end. Undefined for what changes nothing: a tick that verified is quiet. */
export function worthTelling(
  before: Tick | undefined,
  tick: Tick,
): { readonly severity: 'information' | 'warning' | 'error'; readonly sentence: string } | undefined {
  if (tick.outcome === 'applied') return { severity: 'information', sentence: tick.sentence };
  if (isGood(tick)) return before && !isGood(before) ? { severity: 'information', sentence: tick.sentence } : undefined;
  if (isSameTrouble(before, tick)) return undefined;
  return { severity: tick.outcome === 'failed' ? 'error' : 'warning', sentence: tick.sentence };
}

/** The ticks of the last 24 h. */
export function ofLastDay(ticks: readonly Tick[], now: number): readonly Tick[] {
  return ticks.filter(({ at }) => now - at < DAY);
}

/** `287 of 288 rounds were good in the last 24 h (99.7 %)`: how far it can be relied on. */
export function successRate(ticks: readonly Tick[], now: number): string {
  const counted = ofLastDay(ticks, now);
  const good = counted.filter(isGood).length;
  const rounds = counted.length === 1 ? 'round' : 'rounds';
  const share = counted.length === 0 ? '' : ` (${Math.floor((1000 * good) / counted.length) / 10} %)`;
  return `${good} of ${counted.length} ${rounds} ${good === 1 ? 'was' : 'were'} good in the last 24 h${share}`;
}

/** A tick as a line: `12:05 verified: Verified 212 objects on sandbox-admin/shop in 0.9 s.` */
export function tickLine({ at, outcome, sentence }: Tick): string {
  return `${timeOfDay(at)} ${outcome}: ${sentence}`;
}

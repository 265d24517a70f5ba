/** One measured bar: both sides in one run, on the same input. */
export interface Bar {
  /** `G1`, `apply`, … as in the README's table. */
  readonly bar: string;
  /** What is measured, in words, with its unit. */
  readonly what: string;
  readonly ours: number;
  /** The peer's figure; absent where the goal is absolute. */
  readonly peer?: number;
  /** How many times better ours is (peer / ours). */
  readonly ratio?: number;
  readonly goal: string;
  /** Whether the goal is met. */
  readonly met: boolean;
  /** Whether both sides gave the same answer; without that the bar says nothing. */
  readonly agree: boolean;
  /** Further figures, for the curious. */
  readonly more?: Readonly<Record<string, number | string>>;
}

/** Median of some figures. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which the given share of the figures lies (nearest rank). */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Two decimals are enough for a figure that varies by a tenth. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

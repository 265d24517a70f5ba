/** What is expected of Apply Deploy, one row, and the tests that show it. */
export interface DeployExpectation {
  /** Where it is written: a hard case, a point of the specification, a point beyond it, what stands instead of one, a row of the fault matrix. */
  readonly of: 'hard case' | 'point' | 'instead' | 'fault';
  readonly what: string;
  readonly proofs: readonly Proof[];
  /** With at least so many seeds a law among its tests is played. */
  readonly seeds?: number;
  /** What of it is not built yet, for the reader of the table. */
  readonly lacks?: string;
}

/** Test file, from the root of the project, and the title of a test in it. */
export type Proof = readonly [file: string, title: string];

const by = (file: string, ...titles: readonly string[]): Proof[] => titles.map((title) => [file, title]);
/** The tests of a room: by the name of their file and their titles. */
export const inRoom =
  (room: string) =>
  (name: string, ...titles: readonly string[]) =>
    by(`test/${room}/${name}.test.ts`, ...titles);
export const [deploy, ui, explorer, commands, cli, render] = [
  inRoom('deploy'),
  inRoom('e2e/ui'),
  inRoom('explorer'),
  inRoom('commands'),
  inRoom('cli'),
  inRoom('render'),
] as const;

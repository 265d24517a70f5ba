import { faults } from './expected/faults.ts';
import { hardCases } from './expected/hardCases.ts';
import { instead } from './expected/instead.ts';
import { points } from './expected/points.ts';

/** The table: what is expected of Apply Deploy and what shows it, in the order of the specification. */
export const deployExpectations = [...hardCases, ...points, ...instead, ...faults];

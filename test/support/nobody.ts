import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';

/** A lookup without a cloud: every reference stays unchecked. */
export const nobody: ResourceLookup = {
  place: undefined,
  find: async (queries) => queries.map(() => ({ verdict: 'unknown', failure: { reason: 'offline', message: 'nobody' } })),
};

import type { Answered, AnsweredBy, ReferenceQuery, ResourceLookup } from '../../src/manifest/resourceLookup.ts';
import { type FakeCloud, fakeCloud } from './fakeCloud.ts';

/** How a cloud looks to one user. */
interface Eyes {
  /** What they see, as {@link fakeCloud} reads it. */
  readonly sees: string;
  readonly by: AnsweredBy;
}

/** One cloud as several see it: whoever is bound, and those whose credentials are named, by the name of what holds them. Others than those named here are answered by whoever is bound, unasked who. */
export function identities(bound: string, others: Readonly<Record<string, Eyes>>): ResourceLookup {
  const own = fakeCloud(bound);
  const known = new Map(Object.entries(others).map(([name, { sees, by }]) => [name, { cloud: fakeCloud(sees), by }]));
  const answer = async ({ kind, query, as }: ReferenceQuery): Promise<Answered> => {
    const eyes = as && known.get(as.name);
    return eyes ? { ...(await ask(eyes.cloud, kind, query)), by: eyes.by } : await ask(own, kind, query);
  };
  return { place: own.place, find: (queries) => Promise.all(queries.map(answer)) };
}

const ask = (cloud: FakeCloud, kind: ReferenceQuery['kind'], query: ReferenceQuery['query']) => cloud.find(kind, query);

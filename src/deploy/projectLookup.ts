import type { ReferenceQuery, ResourceLookup } from '../manifest/resourceLookup.ts';
import type { Lookup } from '../openstack/lookup.ts';
import type { Project } from '../openstack/project.ts';

/** An opened project as manifests are checked against it. */
export function projectLookup(project: Project): ResourceLookup {
  const region = project.region === undefined ? '' : `, ${project.region}`;
  return {
    place: `project ${project.name} (cloud ${project.cloud}${region})`,
    find: (queries, signal) => Promise.all(queries.map(({ kind, query }: ReferenceQuery) => project.find(kind, query, signal))),
  };
}

/** Nobody to ask: every reference stays unchecked, and nobody is accused. `message` says why. */
export function noLookup(message: string): ResourceLookup {
  const unknown: Lookup = { verdict: 'unknown', failure: { reason: 'unsupported', message } };
  return { place: undefined, find: async (queries) => queries.map(() => unknown) };
}

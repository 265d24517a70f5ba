import { type Answered, keyOf, type ReferenceQuery, type ResourceLookup } from '../../manifest/resourceLookup.ts';
import { nameOf } from '../../openstack/display.ts';
import { kindOf } from '../../openstack/kinds/kinds.ts';
import type { Lookup } from '../../openstack/lookup.ts';
import type { Project } from '../../openstack/project.ts';
import { isOpenTo } from '../../openstack/visibility.ts';
import type { Viewer, Viewers } from './viewers.ts';

/** An opened project as manifests are checked against it. With `viewers`, what a manifest is used with other credentials for is asked with those. */
export function projectLookup(project: Project, viewers?: Viewers): ResourceLookup {
  const region = project.region === undefined ? '' : `, ${project.region}`;
  return {
    place: `project ${project.name} (cloud ${project.cloud}${region})`,
    find: (queries, signal) => findAs(project, viewers, queries, signal),
  };
}

/** The answers to questions, each asked with the credentials that it says, else as the project's user. */
export async function findAs(
  bound: Project,
  viewers: Viewers | undefined,
  queries: readonly ReferenceQuery[],
  signal?: AbortSignal,
): Promise<readonly Answered[]> {
  const known = new Map<string, Promise<Viewer | undefined>>();
  const asked = new Map<Project, Map<string, Promise<Lookup>>>();
  // A thousand machines want the same network, each as whom it is made: whoever is asked for them all is asked once.
  const find: Find = (project, { kind, query }) => {
    const ofProject = asked.get(project) ?? new Map<string, Promise<Lookup>>();
    asked.set(project, ofProject);
    const key = keyOf({ kind, query });
    const answer = ofProject.get(key) ?? project.find(kind, query, signal);
    ofProject.set(key, answer);
    return answer;
  };
  const viewerOf = ({ as }: ReferenceQuery) => {
    if (!as || !viewers) return undefined;
    const key = JSON.stringify(as);
    const viewer = known.get(key) ?? viewers.of(as, bound, signal);
    known.set(key, viewer);
    return viewer;
  };
  return await Promise.all(queries.map(async (question) => answer(question, bound, await viewerOf(question), find, signal)));
}

type Find = (project: Project, question: ReferenceQuery) => Promise<Lookup>;

async function answer(
  question: ReferenceQuery,
  bound: Project,
  viewer: Viewer | undefined,
  find: Find,
  signal: AbortSignal | undefined,
): Promise<Answered> {
  if (viewer && 'unknown' in viewer) return { verdict: 'unknown', failure: viewer.unknown };
  const { kind } = question;
  const { project, by } = viewer ?? { project: bound, by: undefined };
  const found: Answered = { ...(await find(project, question)), ...(by ? { by } : {}) };
  // With the very credentials that count, what is seen is what will be.
  if (found.verdict !== 'found' || (by && by.instead === undefined)) return found;
  const [resource] = found.matches;
  const owned = by !== undefined && kind === 'compute.keypair';
  if (!resource || !(owned || (project.administers && !(await isOpenTo(kind, resource, project, signal))))) return found;
  const [one] = kindOf(kind).label;
  const what = `${one.charAt(0).toUpperCase()}${one.slice(1)} "${nameOf(kind, resource)}"`;
  const why = owned
    ? `${what} is ${project.user}'s own, and key pairs belong to users.`
    : `${what} is seen by ${project.user} as an administrator; whether others of project ${project.name} see it is not known.`;
  return { ...found, doubt: by?.instead ? `${why} ${by.instead}` : why };
}

/** Nobody to ask: every reference stays unchecked, and nobody is accused. `message` says why. */
export function noLookup(message: string): ResourceLookup {
  const unknown: Lookup = { verdict: 'unknown', failure: { reason: 'unsupported', message } };
  return { place: undefined, find: async (queries) => queries.map(() => unknown) };
}

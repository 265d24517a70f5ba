import { type Disposable, disposeAll } from '../base/event.ts';
import { type Failure, failed } from '../base/failure.ts';
import { plainText } from '../base/plainText.ts';
import type { Cloud, CloudSummary, Clouds, ProjectRef } from '../openstack/cloud.ts';
import { filterRow, hiddenRows, markWords, pinnedFirst } from './arrangedRows.ts';
import { failureRow, type Open, plainBranch, type Row, row, wordsOf } from './nodes.ts';
import { cloudKey, type PlaceFilter, type ProjectPlace, placeFilter, projectKey } from './places.ts';
import { openProject, type ProjectParts } from './projectNodes.ts';
import { openScopes } from './scopeNodes.ts';

/** What the view *Clouds* takes from its surroundings. */
export interface CloudsParts extends ProjectParts {
  readonly clouds: Clouds;
  /** Whether the folder in front is bound to the cloud. */
  readonly isBound: (cloud: string) => boolean;
}

/** The root of *Clouds*: reads files, contacts nobody. */
export function openClouds(parts: CloudsParts): Open {
  return (changed) => {
    const { clouds: source, places } = parts;
    const troubles = new Map<string, Failure>();
    const projects = new Map<string, readonly ProjectRef[]>();
    const tell = (cloud: string, failure: Failure | undefined) => {
      if (troubles.get(cloud) === failure) return;
      if (failure) troubles.set(cloud, failure);
      else troubles.delete(cloud);
      changed();
    };
    const learn = (cloud: string, known: readonly ProjectRef[]) => {
      const before = projects.get(cloud);
      projects.set(cloud, known);
      if (places?.filterOf('clouds') && before?.length !== known.length) changed();
    };
    const subscription = source.onDidChange(() => {
      parts.opened.clear('projects');
      changed('all');
    });
    return {
      rows: async () => {
        const { clouds, problems } = await source.list();
        const filter = placeFilter(places?.filterOf('clouds') ?? '');
        const visible = clouds.filter(({ name }) => !places?.isHidden(cloudKey(name)));
        const shown = visible.filter(({ name }) => filter.cloud(name, projects.get(name) ?? []));
        const rows = pinnedFirst(shown, parts, ({ name }) => cloudKey(name)).map((cloud) =>
          cloudRow(cloud, parts, troubles.get(cloud.name), {
            tell: (failure) => tell(cloud.name, failure),
            learn: (known) => learn(cloud.name, known),
          }),
        );
        return [
          ...(filter.active ? [filterRow('clouds', places?.filterOf('clouds') ?? '', shown.length, clouds.length)] : []),
          ...pinnedRows(clouds, parts),
          ...rows,
          ...hiddenRows(clouds.length - visible.length),
          ...problems.map((failure, index) => failureRow(failure, { segment: `!${index}` })),
        ];
      },
      ...disposeAll([subscription, ...(places ? [places.onDidChange(() => changed())] : [])]),
    };
  };
}

/** Where a failure is said in the description of the cloud: the words of the storyboard. */
const troubleWords: Partial<Readonly<Record<Failure['reason'], string>>> = {
  signedOut: 'sign in',
  offline: 'unreachable',
  untrusted: 'certificate not trusted',
  malformed: 'answers something else',
  unavailable: 'out of order',
};

/** What the row of a cloud hears from below. */
interface Hears {
  readonly tell: (failure: Failure | undefined) => void;
  readonly learn: (projects: readonly ProjectRef[]) => void;
}

function cloudRow(cloud: CloudSummary, parts: CloudsParts, trouble: Failure | undefined, hears: Hears): Row {
  const { problem } = cloud;
  const failure = problem ?? trouble;
  const refused = trouble?.reason === 'signedOut';
  const [only, ...others] = cloud.regions;
  const where = others.length > 0 ? `${cloud.regions.length} regions` : only;
  const facts = [cloud.user, where, parts.isBound(cloud.name) ? 'bound to this folder' : undefined];
  const said = failure && (problem ? 'not usable as written' : (troubleWords[failure.reason] ?? failure.message));
  return row({
    segment: cloud.name,
    label: cloud.name,
    description: (said ? [said] : [...facts, cloud.insecure ? 'certificates not verified' : undefined])
      .filter(Boolean)
      .join(' · '),
    icon: 'cloud',
    mood: failure ? 'bad' : cloud.insecure ? 'warning' : 'quiet',
    facts: [
      ['server', cloud.authUrl ?? ''],
      ['user', cloud.user ?? ''],
      ['regions', cloud.regions.join(', ')],
      ['written in', cloud.source ? `${cloud.source.file}:${cloud.source.line}` : 'the environment'],
      ['trouble', failure?.message ?? ''],
    ],
    words: wordsOf(
      'cloud',
      ...(problem ? [] : (['can:signIn', 'can:signOut', 'can:refresh'] as const)),
      cloud.source && 'can:openSource',
      'can:copyName',
      ...markWords(parts, cloudKey(cloud.name)),
    ),
    subject: { of: 'cloud', cloud },
    name: cloud.name,
    open: problem
      ? () => plainBranch(() => [failureRow(problem, { cloud: cloud.name })])
      : others.length > 0
        ? () => plainBranch(() => cloud.regions.map((region) => regionRow(cloud, region, parts, refused, hears)))
        : openProjects(cloud, undefined, parts, refused, hears),
  });
}

function regionRow(cloud: CloudSummary, region: string, parts: CloudsParts, refused: boolean, hears: Hears): Row {
  return row({
    segment: region,
    label: region,
    description: 'region',
    icon: 'globe',
    words: ['region', 'can:refresh', 'can:copyName'],
    subject: { of: 'region', cloud, region },
    name: region,
    open: openProjects(cloud, region, parts, refused, hears),
  });
}

/** `refused`: the cloud told this row itself that it takes no credentials; looking again is then trying again. */
function openProjects(cloud: CloudSummary, region: string | undefined, parts: CloudsParts, refused: boolean, hears: Hears): Open {
  return (changed) => {
    /** Why this row was not let in: it stays said while nothing is tried again. */
    let refusal: Failure | undefined;
    const scopes = openScopes(parts, (one, ref) => projectRow(one, ref, parts), changed);
    const arranged: readonly Disposable[] = parts.places ? [parts.places.onDidChange(() => changed())] : [];
    return {
      rows: async () => {
        const opened = await parts.clouds.open(cloud.name, region);
        // After signing out every open row is looked below anew: that is no wish to sign in.
        if (opened.ok && opened.value.state === 'signedOut' && !refused)
          return [refusal ? failureRow(refusal, { cloud: cloud.name }) : signedOutRow(cloud.name)];
        const projects = opened.ok ? await opened.value.projects() : opened;
        hears.tell(projects.ok ? undefined : projects.failure);
        refusal = projects.ok || projects.failure.reason !== 'signedOut' ? undefined : projects.failure;
        if (!opened.ok) return [failureRow(opened.failure, { cloud: cloud.name })];
        if (!projects.ok) return [failureRow(projects.failure, { cloud: cloud.name })];
        hears.learn(projects.value);
        const place = ({ id, name }: ProjectRef) => placeOf(opened.value, { id, name });
        const visible = projects.value.filter((ref) => !parts.places?.isHidden(projectKey(place(ref))));
        const filter: PlaceFilter = placeFilter(parts.places?.filterOf('clouds') ?? '');
        const shown = visible.filter(({ name }) => filter.project(cloud.name, name));
        const rows = await scopes(
          opened.value,
          pinnedFirst(shown, parts, (ref) => projectKey(place(ref))),
        );
        return [...rows, ...hiddenRows(projects.value.length - visible.length)];
      },
      ...disposeAll(arranged),
    };
  };
}

function signedOutRow(cloud: string): Row {
  const { words, ...signedOut } = failureRow(signedOutOf(cloud), { cloud });
  return { ...signedOut, words: words.filter((word) => word !== 'can:retry') };
}

const signedOutOf = (cloud: string): Failure => ({
  reason: 'signedOut',
  message: `You are signed out of cloud ${cloud}. Sign in to see its projects.`,
});

function projectRow(cloud: Cloud, ref: ProjectRef, parts: CloudsParts): Row {
  const { summary, region } = cloud;
  const place = placeOf(cloud, ref);
  const of = ref.domain && !/^default$/i.test(ref.domain) ? `project of ${plainText(ref.domain)}` : 'project';
  return row({
    ...projectLook(ref, place, parts),
    description: [of, parts.places?.isCurrent(place) && 'current', parts.places?.isPinned(projectKey(place)) && 'pinned']
      .filter(Boolean)
      .join(' · '),
    subject: { of: 'project', cloud: summary, region, project: ref },
    open: openProject({ cloud: summary.name, open: () => cloud.project(ref.id) }, parts),
  });
}

/** What a project's row is like wherever it stands. */
function projectLook(ref: ProjectRef, place: ProjectPlace, parts: CloudsParts) {
  const current = parts.places?.isCurrent(place);
  return {
    segment: ref.id,
    label: plainText(ref.name) || ref.id,
    icon: current ? 'target' : 'project',
    facts: [
      ['id', ref.id],
      ['domain', ref.domain ?? ''],
    ] as const,
    words: wordsOf(
      'project',
      'can:refresh',
      'can:copyId',
      'can:copyName',
      parts.places && !current && 'can:makeCurrent',
      ...markWords(parts, projectKey(place)),
    ),
    id: ref.id,
    name: ref.name,
  };
}

/** The pinned projects in one place, whatever cloud they are in; each contacts its cloud when it is opened. */
function pinnedRows(clouds: readonly CloudSummary[], parts: CloudsParts): readonly Row[] {
  const { places } = parts;
  if (!places || pinnedBelow(clouds, parts).length === 0) return [];
  return [
    row({
      segment: '(pinned)',
      label: 'Pinned',
      icon: 'pinned',
      words: ['group'],
      subject: { of: 'group' },
      open: (changed) => ({
        rows: async () => pinnedBelow((await parts.clouds.list()).clouds, parts),
        ...disposeAll([places.onDidChange(() => changed())]),
      }),
    }),
  ];
}

function pinnedBelow(clouds: readonly CloudSummary[], parts: CloudsParts): readonly Row[] {
  return (parts.places?.pinned ?? []).flatMap(({ project }) => {
    const cloud = clouds.find(({ name }) => name === project?.cloud);
    return project && cloud ? [pinnedRow(cloud, project, parts)] : [];
  });
}

function pinnedRow(cloud: CloudSummary, place: ProjectPlace, parts: CloudsParts): Row {
  const { region, id, name } = place;
  const open = async () => {
    const opened = await parts.clouds.open(cloud.name, region);
    if (!opened.ok) return opened;
    const { reason, message } = signedOutOf(cloud.name);
    return opened.value.state === 'signedOut' ? failed(reason, message) : opened.value.project(id);
  };
  return row({
    ...projectLook({ id, name }, place, parts),
    segment: projectKey(place),
    description: [cloud.name, cloud.regions.length > 1 && region, parts.places?.isCurrent(place) && 'current']
      .filter(Boolean)
      .join(' · '),
    subject: { of: 'project', cloud, region, project: { id, name } },
    open: openProject({ cloud: cloud.name, open }, parts),
  });
}

function placeOf({ summary, region }: Cloud, { id, name }: ProjectRef): ProjectPlace {
  return { cloud: summary.name, region, id, name };
}

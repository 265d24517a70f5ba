import { disposeAll } from '../base/event.ts';
import type { Failure } from '../base/failure.ts';
import type { Cloud, CloudSummary, Clouds, ProjectRef } from '../openstack/cloud.ts';
import type { Group } from '../openstack/kind.ts';
import { groups, type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import type { Quota } from '../openstack/quota.ts';
import type { Mood } from './deploymentRows.ts';
import { type Branch, type Changed, failureRow, grouped, type Open, plainBranch, type Row, row } from './nodes.ts';
import type { Opened } from './opened.ts';
import { countOf, kindRow, type OtherWorld } from './resourceNodes.ts';

/** What the view *Clouds* takes from its surroundings. */
export interface CloudsParts {
  readonly clouds: Clouds;
  readonly opened: Opened;
  readonly otherWorld: OtherWorld;
  /** Whether the folder in front is bound to the cloud. */
  readonly isBound: (cloud: string) => boolean;
}

/** The root of *Clouds*: reads files, contacts nobody. */
export function openClouds(parts: CloudsParts): Open {
  return (changed) => {
    const troubles = new Map<string, Failure>();
    const tell = (cloud: string, failure: Failure | undefined) => {
      if (troubles.get(cloud) === failure) return;
      if (failure) troubles.set(cloud, failure);
      else troubles.delete(cloud);
      changed();
    };
    const subscription = parts.clouds.onDidChange(() => {
      parts.opened.clear('projects');
      changed('all');
    });
    return {
      rows: async () => {
        const { clouds, problems } = await parts.clouds.list();
        return [
          ...clouds.map((cloud) => cloudRow(cloud, parts, troubles.get(cloud.name), (failure) => tell(cloud.name, failure))),
          ...problems.map((failure, index) => failureRow(failure, { segment: `!${index}` })),
        ];
      },
      dispose: () => subscription.dispose(),
    };
  };
}

/** Where a failure is said in the description of the cloud: the words of the storyboard. */
const troubleWords: Partial<Readonly<Record<Failure['reason'], string>>> = {
  signedOut: 'sign in',
  offline: 'unreachable',
  untrusted: 'certificate not trusted',
};

type Tell = (failure: Failure | undefined) => void;

function cloudRow(cloud: CloudSummary, parts: CloudsParts, trouble: Failure | undefined, tell: Tell): Row {
  const failure = cloud.problem ?? trouble;
  const [only, ...others] = cloud.regions;
  const where = others.length > 0 ? `${cloud.regions.length} regions` : only;
  const facts = [cloud.user, where, parts.isBound(cloud.name) ? 'bound to this folder' : undefined];
  const said = failure && (cloud.problem ? 'not usable as written' : (troubleWords[failure.reason] ?? failure.message));
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
    words: [
      'cloud',
      ...(cloud.problem ? [] : ['can:signIn', 'can:signOut', 'can:refresh']),
      ...(cloud.source ? ['can:openSource'] : []),
      'can:copyName',
    ],
    subject: { of: 'cloud', cloud },
    name: cloud.name,
    open: cloud.problem
      ? () => plainBranch(() => [failureRow(cloud.problem as Failure, { cloud: cloud.name })])
      : others.length > 0
        ? () => plainBranch(() => cloud.regions.map((region) => regionRow(cloud, region, parts, tell)))
        : openProjects(cloud, undefined, parts, tell),
  });
}

function regionRow(cloud: CloudSummary, region: string, parts: CloudsParts, tell: Tell): Row {
  return row({
    segment: region,
    label: region,
    description: 'region',
    icon: 'globe',
    words: ['region', 'can:refresh', 'can:copyName'],
    subject: { of: 'region', cloud, region },
    name: region,
    open: openProjects(cloud, region, parts, tell),
  });
}

function openProjects(cloud: CloudSummary, region: string | undefined, parts: CloudsParts, tell: Tell): Open {
  return () =>
    plainBranch(async () => {
      const opened = await parts.clouds.open(cloud.name, region);
      const projects = opened.ok ? await opened.value.projects() : opened;
      tell(projects.ok ? undefined : projects.failure);
      if (!opened.ok) return [failureRow(opened.failure, { cloud: cloud.name })];
      if (!projects.ok) return [failureRow(projects.failure, { cloud: cloud.name })];
      return projects.value.map((ref) => projectRow(opened.value, ref, parts));
    });
}

function projectRow(cloud: Cloud, ref: ProjectRef, parts: CloudsParts): Row {
  return row({
    segment: ref.id,
    label: ref.name,
    description: ref.domain && !/^default$/i.test(ref.domain) ? `project of ${ref.domain}` : 'project',
    icon: 'project',
    facts: [
      ['id', ref.id],
      ['domain', ref.domain ?? ''],
    ],
    words: ['project', 'can:refresh', 'can:copyId', 'can:copyName'],
    subject: { of: 'project', cloud: cloud.summary, region: cloud.region, project: ref },
    id: ref.id,
    name: ref.name,
    open: (changed) => new ProjectBranch(cloud, ref, parts, changed),
  });
}

/** The groups of a project with what is known of their use. */
class ProjectBranch implements Branch {
  readonly #cloud: Cloud;
  readonly #ref: ProjectRef;
  readonly #parts: CloudsParts;
  readonly #changed: Changed;
  readonly #quotas = new Map<string, readonly Quota[]>();
  readonly #ending = new AbortController();
  #project: Project | undefined;
  #subscription: { dispose(): void } | undefined;

  constructor(cloud: Cloud, ref: ProjectRef, parts: CloudsParts, changed: Changed) {
    this.#cloud = cloud;
    this.#ref = ref;
    this.#parts = parts;
    this.#changed = changed;
  }

  async rows(): Promise<readonly Row[]> {
    const opened = this.#project ? { ok: true as const, value: this.#project } : await this.#cloud.project(this.#ref.id);
    if (!opened.ok) return [failureRow(opened.failure, { cloud: this.#cloud.summary.name })];
    if (!this.#project) this.#begin(opened.value);
    return groups.flatMap(([group, kinds]) => this.#groupRow(opened.value, group, kinds));
  }

  refresh(): void {
    this.#project?.refresh();
    this.#project = undefined;
    this.#subscription?.dispose();
  }

  dispose(): void {
    this.#ending.abort();
    this.#subscription?.dispose();
  }

  #begin(project: Project): void {
    this.#project = project;
    this.#parts.opened.addProject(project);
    this.#subscription = project.onDidChange(() => this.#changed());
    for (const service of new Set(Object.values(uses).map(({ service }) => service))) void this.#askQuota(project, service);
  }

  /** Beside the rows: a cloud that tells no quota shows none. */
  async #askQuota(project: Project, service: string): Promise<void> {
    const quota = await project.quota?.(service, this.#ending.signal);
    if (!quota?.ok || this.#ending.signal.aborted) return;
    this.#quotas.set(service, quota.value);
    this.#changed();
  }

  #groupRow(project: Project, group: Group, all: readonly KindId[]): readonly Row[] {
    const kinds = all.filter((kind) => project.offers(kind));
    const [first, ...others] = kinds;
    if (first === undefined) return [];
    const { otherWorld } = this.#parts;
    if (others.length === 0) return [kindRow({ project, kind: first, otherWorld }, kindOf(first).label[1], first)];
    const { text, mood } = this.#useOf(project, group, first);
    return [
      row({
        segment: group,
        label: group,
        description: text,
        icon: 'folder-library',
        mood,
        words: ['group', 'can:refresh'],
        subject: { of: 'group' },
        open: openGroup(project, kinds, otherWorld),
      }),
    ];
  }

  #useOf(project: Project, group: Group, first: KindId): { readonly text: string; readonly mood: Mood } {
    const use = uses[group];
    const quotas = (use && this.#quotas.get(use.service)) ?? [];
    const told = (use?.names ?? []).flatMap((name) => quotas.find((quota) => quota.name === name) ?? []);
    if (told.length === 0) {
      const known = project.peek(first);
      const [one, many] = kindOf(first).label;
      return { text: known ? `${countOf(known)} ${known.items.length === 1 ? one : many.toLowerCase()}` : '', mood: 'quiet' };
    }
    const tight = told.some(({ used, limit }) => limit !== undefined && used >= limit * 0.9);
    return { text: told.map(quotaText).join(' · ') + (tight ? ' ⚠' : ''), mood: tight ? 'warning' : 'quiet' };
  }
}

/** Which quotas stand beside a group: the count, then what one runs out of first. */
const uses: Partial<Readonly<Record<Group, { readonly service: string; readonly names: readonly string[] }>>> = {
  Compute: { service: 'compute', names: ['servers', 'cores'] },
  Network: { service: 'network', names: ['networks', 'floating IPs'] },
  Storage: { service: 'block-storage', names: ['volumes', 'GiB'] },
};

const counted: readonly string[] = ['servers', 'networks', 'volumes'];

/** `5 servers` for what is only counted, `7 of 20 cores` for what one runs out of. */
function quotaText({ name, used, limit }: Quota): string {
  const full = limit !== undefined && used >= limit * 0.9;
  return limit === undefined || (counted.includes(name) && !full)
    ? `${grouped(used)} ${used === 1 ? name.replace(/s$/, '') : name}`
    : `${grouped(used)} of ${grouped(limit)} ${name}`;
}

/** The kinds of a group: lists are asked for at once, so that each shows its count; what the user may not list is not shown. */
function openGroup(project: Project, kinds: readonly KindId[], otherWorld: OtherWorld): Open {
  return (changed) => {
    const refused = new Set<KindId>(kinds.filter((kind) => kindOf(kind).admin));
    const ending = new AbortController();
    const ask = async (kind: KindId) => {
      const list = await project.list(kind, { partial: true, signal: ending.signal });
      if (ending.signal.aborted) return;
      if (list.ok || list.failure.reason !== 'forbidden') refused.delete(kind);
      else refused.add(kind);
      changed();
    };
    const askAll = () => {
      for (const kind of kinds) void ask(kind);
    };
    const subscription = project.onDidChange((event) => event.kinds.some((kind) => kinds.includes(kind)) && changed());
    let asked = false;
    return {
      rows: async () => {
        if (!asked) askAll();
        asked = true;
        return kinds
          .filter((kind) => !refused.has(kind))
          .map((kind) => kindRow({ project, kind, otherWorld }, kindOf(kind).label[1], kind));
      },
      refresh: () => project.refresh(kinds),
      ...disposeAll([subscription, { dispose: () => ending.abort() }]),
    };
  };
}

import { Emitter } from '../../src/base/event.ts';
import { type Failure, failed, success } from '../../src/base/failure.ts';
import type { Cloud, CloudSummary, Clouds } from '../../src/openstack/cloud.ts';
import type { Project } from '../../src/openstack/project.ts';

/** What a cloud of a test answers: its projects, or why not. */
export interface FakeCloudEntry {
  readonly summary?: Partial<CloudSummary>;
  readonly projects: readonly Project[] | Failure;
}

/** Clouds in memory over projects, for tests of what stands above the network. `changed` is what a changed file fires. */
export interface FakeClouds extends Clouds {
  readonly changed: Emitter<void>;
  /** Lets the cloud answer otherwise from now on. */
  set(name: string, entry: FakeCloudEntry): void;
}

/** Makes clouds by name; `problems` are broken files. */
export function fakeClouds(entries: Readonly<Record<string, FakeCloudEntry>>, problems: readonly Failure[] = []): FakeClouds {
  const known = new Map(Object.entries(entries));
  const changed = new Emitter<void>();
  return {
    changed,
    set: (name, entry) => void known.set(name, entry),
    list: async () => ({ clouds: [...known].map(([name, entry]) => summaryOf(name, entry)), problems }),
    open: async (name) => {
      const entry = known.get(name);
      return entry
        ? success(cloudOf(summaryOf(name, entry), () => known.get(name) ?? entry))
        : failed('notFound', `No cloud ${name}.`);
    },
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  };
}

function cloudOf(summary: CloudSummary, entry: () => FakeCloudEntry): Cloud {
  const projects = async () => {
    const { projects: all } = entry();
    return 'reason' in all ? { ok: false as const, failure: all } : success(all);
  };
  return {
    summary,
    region: summary.regions[0],
    state: 'idle',
    projects,
    project: async (id) => {
      const all = await projects();
      const found = all.ok ? all.value.find((one) => one.id === id) : undefined;
      return all.ok && !found
        ? failed('notFound', `No project ${id}.`)
        : all.ok && found
          ? success(found)
          : failed('signedOut', '');
    },
    opened: () => [],
    signOut: async () => {},
    dispose: () => {},
  };
}

function summaryOf(name: string, { summary }: FakeCloudEntry): CloudSummary {
  return {
    name,
    authUrl: 'https://keystone.example:5000/v3',
    user: 'alice',
    regions: ['RegionOne'],
    source: { file: 'clouds.yaml', line: 3 },
    insecure: false,
    ...summary,
  };
}

import { type Failure, failed, success } from '../../src/base/failure.ts';
import type { Cloud, Clouds } from '../../src/openstack/cloud.ts';
import type { FakeCloud } from './fakeCloud.ts';

/** Clouds over one project that count how often they were signed in to: `log` is one line each, `in RegionOne`, `out RegionOne`. */
export interface SigningClouds extends Clouds {
  readonly log: string[];
  /** Refuses from now on what it is signed in with; undefined: takes it again. */
  refuse(failure: Failure | undefined): void;
}

/** The cloud `demo` with these regions; one object for each, as the real ones are. */
export function signingClouds(project: FakeCloud, regions: readonly string[] = ['RegionOne']): SigningClouds {
  const log: string[] = [];
  let refusal: Failure | undefined;
  const summary = { name: 'demo', authUrl: undefined, user: 'alice', regions, source: undefined, insecure: false };
  const opened = new Map(regions.map((region) => [region, cloudIn(region)]));

  function cloudIn(region: string): Cloud {
    let state: Cloud['state'] = 'idle';
    const signIn = () => {
      if (state === 'signedIn') return undefined;
      log.push(`in ${region}`);
      state = refusal ? 'signedOut' : 'signedIn';
      return refusal;
    };
    const after = <T>(value: T) => {
      const failure = signIn();
      return failure ? { ok: false as const, failure } : success(value);
    };
    return {
      summary,
      region,
      get state() {
        return state;
      },
      projects: async () => after([project]),
      project: async () => after(project),
      opened: () => [],
      signOut: async () => {
        log.push(`out ${region}`);
        state = 'signedOut';
      },
      dispose: () => {},
    };
  }

  return {
    log,
    refuse: (failure) => {
      refusal = failure;
    },
    list: async () => ({ clouds: [summary], problems: [] }),
    open: async (name, region = regions[0] ?? '') => {
      const cloud = name === 'demo' ? opened.get(region) : undefined;
      return cloud ? success(cloud) : failed('notFound', `No cloud ${name} in ${region}.`);
    },
    onDidChange: () => ({ dispose: () => {} }),
    dispose: () => {},
  };
}

import type { Clock } from '../../src/base/clock.ts';
import { createHttp } from '../../src/base/http.ts';
import type { OnSent } from '../../src/base/sent.ts';
import type { Cloud, Clouds } from '../../src/openstack/cloud.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import { serviceOf } from '../../src/openstack/kinds/kinds.ts';
import type { Project } from '../../src/openstack/project.ts';
import { services } from '../../src/openstack/services.ts';
import { type Script, type ScriptedServer, scriptedServer } from './scriptedServer.ts';

/** A clock that a test moves; sleeping moves it too, and is written down. */
export class TestClock implements Clock {
  readonly slept: number[] = [];
  #now = Date.parse('2026-01-01T12:00:00Z');

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.#now += ms;
    return Promise.resolve();
  }

  pass(ms: number): void {
    this.#now += ms;
  }
}

/** A cloud played by one scripted server: an identity service, a catalogue of every service, each below `/<service type>`, and the lines of the test. */
export interface ScriptedCloud extends AsyncDisposable {
  readonly server: ScriptedServer;
  readonly clock: TestClock;
  readonly clouds: Clouds;
  readonly cloud: Cloud;
  readonly project: Project;
  /** `GET /network/v2.0/networks?limit=1000` …, without those to the identity service. */
  asked(kind?: KindId): readonly string[];
}

/** How the cloud differs from the usual one. */
export interface ScriptedCloudOptions {
  readonly roles?: readonly string[];
  readonly lifeMs?: number;
  /** Instead of every service below its type, behind the interface public, in RegionOne. */
  readonly catalog?: (url: string) => readonly unknown[];
  /** Stands in the token beside the usual members. */
  readonly token?: Readonly<Record<string, unknown>>;
  /** Variables of the environment beside those that name the cloud and alice. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onSent?: OnSent;
  /** Address to listen at; default 127.0.0.1. */
  readonly host?: string;
}

/** The service's answers are given below its type: `GET /network/v2.0/networks`. */
export async function scriptedCloud(
  script: Script | ((url: string) => Script),
  options: ScriptedCloudOptions = {},
): Promise<ScriptedCloud> {
  const clock = new TestClock();
  const server = await scriptedServer(
    (url) => ({
      ...identity(url, clock, options),
      ...(typeof script === 'function' ? script(url) : script),
    }),
    undefined,
    options.host,
  );
  const http = createHttp();
  const env = {
    OS_AUTH_URL: `${server.url}/identity/v3`,
    OS_USERNAME: 'alice',
    OS_PASSWORD: 'canary-password',
    OS_PROJECT_NAME: 'demo',
    OS_CLOUD_NAME: 'scripted',
    ...options.env,
  };
  const clouds = createClouds({ http, env, home: '/nonexistent', clock, ...(options.onSent && { onSent: options.onSent }) });
  const cloud = await clouds.open('scripted');
  if (!cloud.ok) throw new Error(cloud.failure.message);
  const project = await cloud.value.project(undefined);
  if (!project.ok) throw new Error(project.failure.message);
  return {
    server,
    clock,
    clouds,
    cloud: cloud.value,
    project: project.value,
    asked: (kind) =>
      server.seen
        .map(({ method, url }) => `${method} ${url}`)
        .filter((line) => !line.includes('/identity/') && (kind === undefined || line.includes(`/${serviceOf(kind)}/`))),
    [Symbol.asyncDispose]: async () => {
      clouds.dispose();
      http.dispose();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** A service as a catalogue lists it; its endpoint is in RegionOne unless said otherwise. */
export function catalogued(type: string, url: string, endpoint: Readonly<Record<string, unknown>> = {}) {
  return { type, endpoints: [{ interface: 'public', region_id: 'RegionOne', url, ...endpoint }] };
}

function identity(
  url: string,
  clock: TestClock,
  { roles = ['member'], lifeMs = 3_600_000, catalog, token = {} }: ScriptedCloudOptions,
): Script {
  const offered = catalog?.(url) ?? Object.keys(services).map((type) => catalogued(type, `${url}/${type}`));
  let issued = 0;
  return {
    'POST /identity/v3/auth/tokens': () => ({
      status: 201,
      headers: { 'x-subject-token': `canary-token-${++issued}`, date: new Date(clock.now()).toUTCString() },
      json: {
        token: {
          expires_at: new Date(clock.now() + lifeMs).toISOString(),
          user: { id: 'alice-id', name: 'alice' },
          project: { id: 'demo-id', name: 'demo', domain: { name: 'Default' } },
          roles: roles.map((name) => ({ name })),
          catalog: offered,
          ...token,
        },
      },
    }),
  };
}

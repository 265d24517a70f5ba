import assert from 'node:assert/strict';
import { after } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createHttp } from '../../src/base/http.ts';
import { actions, offeredTo } from '../../src/openstack/actions/actions.ts';
import type { ActionWord } from '../../src/openstack/actions/actionWords.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import { healthOf, idOf, nameOf } from '../../src/openstack/display.ts';
import type { Answers } from '../../src/openstack/field.ts';
import type { Resource } from '../../src/openstack/kind.ts';
import { type KindId, kindOf } from '../../src/openstack/kinds/kinds.ts';
import type { Project } from '../../src/openstack/project.ts';
import { OpenStack } from '../sandbox/api/openstack.ts';
import { sandboxTest } from '../support/sandbox.ts';

/** How an action is tried, and by what it is judged. */
export interface Trial {
  readonly answers?: Answers;
  readonly parent?: Resource;
  /** In the resource as it is read again, or in what `seen` answers. */
  readonly until?: RegExp;
  /** Where somebody else looks, past the extension: `network /ports/1`. */
  readonly seen?: string;
  /** It is on its way for another reason, and stays so. */
  readonly unsettled?: true;
}

/** What a test of actions works with: one project, and the resources that it made by name. */
export interface Bench {
  readonly project: Project;
  /** Asks a service past the extension, as the same user. */
  send(service: string, method: string, path: string, body?: unknown): Promise<Resource>;
  /** The same as another user: `demo` is alice, who owns what is in the project. */
  as(cloud: string): Bench['send'];
  /** A resource by name, once it has settled. */
  find(kind: KindId, name: string, parent?: Resource): Promise<Resource>;
  /** Does a word to a resource and waits until it has settled; answers it as it is then, undefined when it is gone. */
  act(kind: KindId, resource: Resource, word: ActionWord, trial?: Trial): Promise<Resource | undefined>;
}

/** Word → the last kind it was done to, or what the service said. */
const outcomes = new Map<ActionWord, string>();

/** A test in the project `demo`, as alice or as an administrator. */
export function bench(name: string, body: (bench: Bench) => Promise<void>, cloud: 'demo' | 'admin' = 'demo'): void {
  sandboxTest(name, async ({ openstack }) => {
    const http = createHttp();
    const clouds = createClouds({ http, env: { OS_CLIENT_CONFIG_FILE: openstack.clouds }, home: '/nonexistent' });
    const senders = new Map<string, OpenStack>();
    const as = (name: string) => {
      const raw = senders.get(name) ?? OpenStack.open(openstack.clouds, name);
      senders.set(name, raw);
      return senderOf(raw);
    };
    try {
      const opened = await clouds.open(cloud);
      assert.ok(opened.ok, JSON.stringify(opened));
      const project = await opened.value.project('demo');
      assert.ok(project.ok, JSON.stringify(project));
      await body(benchOf(project.value, as(cloud), as));
    } finally {
      for (const raw of senders.values()) raw.close();
      clouds.dispose();
      http.dispose();
    }
  });
}

/** Prints, when the file is through, what was carried out and what could not be, and why. */
export function printOutcomes(elsewhere: Partial<Record<ActionWord, string>> = {}): void {
  after(() => {
    const all = [...outcomes, ...Object.entries(elsewhere)] as [ActionWord, string][];
    console.log(all.map(([word, told]) => `${word.padEnd(20)} ${actions[word].title.padEnd(30)} ${told}`).join('\n'));
  });
}

/** The service does not take it here: what it says goes into the table. */
export function refused(word: ActionWord, error: Error, resource: Resource): Resource {
  outcomes.set(word, `refused: ${/"message":"((?:[^"\\]|\\.)*)"/.exec(error.message)?.[1] ?? error.message}`);
  return resource;
}

/** What became of a word otherwise than the service's answer says. */
export function noted(word: ActionWord, what: string): void {
  outcomes.set(word, what);
}

export const present = (one: Resource | undefined): Resource => one ?? assert.fail('it is gone');

export async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(300)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  return assert.fail(`not within 60 s: ${what}`);
}

function senderOf(raw: OpenStack): Bench['send'] {
  return async (service, method, path, body) => (await raw.send<Resource | undefined>(service, method, path, body)) ?? {};
}

function benchOf(project: Project, send: Bench['send'], as: Bench['as']): Bench {
  const find: Bench['find'] = (kind, name, parent) =>
    eventually(`${kind} ${name}`, async () => {
      const list = await project.list(kind, { freshness: 'fresh', ...(parent && { parent }) });
      assert.ok(list.ok, JSON.stringify(list));
      const one = list.value.items.find((item) => nameOf(kind, item) === name);
      return one && healthOf(kind, one)?.health !== 'busy' ? one : undefined;
    });
  const act: Bench['act'] = async (kind, resource, word, { answers = {}, parent, until, seen, unsettled } = {}) => {
    const { ends, asks = [] } = actions[word];
    assert.deepEqual(offeredTo([word], resource, project), [word], `${word} is not offered: ${JSON.stringify(resource)}`);
    assert.ok((kindOf(kind).can ?? []).includes(word), `${kind} ${word}`);
    const names = asks.map(({ name }) => name);
    assert.deepEqual(
      Object.keys(answers).filter((name) => !names.includes(name)),
      [],
    );
    const sent = await project.act(kind, resource, word, { answers, ...(parent && { parent }) });
    assert.ok(sent.ok, JSON.stringify(sent));
    assert.match(sent.value.requestId ?? 'req-', /req-|^tx/);
    outcomes.set(word, kind);
    const [service = '', path = ''] = seen?.split(' ') ?? [];
    const outcome = await eventually(`${word} of ${nameOf(kind, resource)}`, async () => {
      if (until && seen && !until.test(JSON.stringify(await send(service, 'GET', path)))) return undefined;
      const now = await project.renew(kind, idOf(kind, resource), parent && { parent });
      if (!now.ok) {
        assert.equal(now.failure.reason, 'notFound', JSON.stringify(now));
        return { gone: true } as const;
      }
      if (ends || (!unsettled && healthOf(kind, now.value)?.health === 'busy')) return undefined;
      const there = !until || seen !== undefined || until.test(JSON.stringify(now.value));
      return there ? ({ gone: false, now: now.value } as const) : undefined;
    });
    return outcome.gone ? undefined : outcome.now;
  };
  return { project, send, as, find, act };
}

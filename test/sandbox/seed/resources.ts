import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenStack } from '../api/openstack.ts';
import { Refused } from '../api/request.ts';

export type Resource = Readonly<Record<string, unknown>> & { readonly id: string; readonly name: string };

/** Makes resources that are not there yet, so that a seed that was interrupted can be run again. */
export class Maker {
  readonly cloud: OpenStack;

  constructor(cloud: OpenStack) {
    this.cloud = cloud;
  }

  async find(service: string, path: string, many: string, name: string): Promise<Resource | undefined> {
    const answer = await this.cloud.get<Record<string, Resource[]>>(service, path);
    return answer[many]?.find((resource) => resource.name === name);
  }

  /** The resource of that name, or a new one. Throws when the envelope `one` is not in the answer. */
  async ensure(
    service: string,
    path: string,
    one: string,
    body: Readonly<Record<string, unknown>> & { name: string },
  ): Promise<Resource> {
    const found = await this.find(service, path, `${one}s`, body.name);
    if (found) return found;
    const made = (await this.cloud.send<Record<string, Resource>>(service, 'POST', path, { [one]: body }))[one];
    if (made === undefined) throw new Error(`POST ${path} answered without "${one}"`);
    return made;
  }

  /** Polls until `field` has one of the wanted values; throws on ERROR and after a minute. */
  async settle(service: string, path: string, one: string, field: string, wanted: readonly string[]): Promise<Resource> {
    for (let tries = 0; tries < 200; tries++) {
      const resource = (await this.cloud.get<Record<string, Resource>>(service, path))[one];
      const value = String(resource?.[field]);
      if (resource && wanted.includes(value)) return resource;
      if (value.toUpperCase() === 'ERROR') throw new Error(`${path} went into ${value}`);
      await sleep(300);
    }
    throw new Error(`${path} did not become ${wanted.join(' or ')} in a minute`);
  }

  /** Sends a request whose effect may stand already (409, or 400 with "already"). */
  async once(service: string, method: string, path: string, body?: unknown): Promise<void> {
    try {
      await this.cloud.send(service, method, path, body);
    } catch (error) {
      const stands =
        error instanceof Refused && (error.status === 409 || (error.status === 400 && /already/i.test(error.answer)));
      if (!stands) throw error;
    }
  }

  /** Waits for a deletion to be through. */
  async gone(service: string, path: string): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      try {
        await this.cloud.get(service, path);
      } catch (error) {
        if (error instanceof Refused && error.status === 404) return;
        throw error;
      }
      await sleep(300);
    }
    throw new Error(`${path} is still there after a minute`);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenStack } from '../api/openstack.ts';
import { Refused } from '../api/request.ts';

/** A load balancer as Octavia answers it. */
export interface Balancer {
  readonly id: string;
  readonly name: string;
  readonly provisioning_status: string;
  readonly vip_address: string;
  readonly vip_port_id: string;
}

export interface Member {
  readonly name: string;
  readonly address: string;
  readonly protocol_port: number;
}

/** A listener with all below it, as Octavia takes it with a new load balancer. */
export interface ListenerTree {
  readonly name: string;
  readonly protocol: string;
  readonly protocol_port: number;
  readonly default_pool: {
    readonly name: string;
    readonly protocol: string;
    readonly members: readonly Member[];
    readonly healthmonitor?: Readonly<Record<string, unknown>>;
  };
}

interface Listener {
  readonly id: string;
  readonly name: string;
  readonly protocol: string;
  readonly protocol_port: number;
  readonly default_pool_id: string | null;
}

const OWN_LISTENER = /^listener_\d+_/;

/** Octavia's load balancers of one project; every change waits until the load balancer is ACTIVE again. */
export class Balancers {
  readonly #cloud: OpenStack;

  constructor(cloud: OpenStack) {
    this.#cloud = cloud;
  }

  /** By id where it is known, else by name. An id that leads nowhere (deleted by hand) counts as unknown, as upstream. */
  async find(id: string | undefined, name: string): Promise<Balancer | undefined> {
    if (id !== undefined) {
      try {
        return await this.#get(id);
      } catch (error) {
        const gone = error instanceof Refused && error.status === 404;
        if (!gone) throw new Error(`failed to get load balancer ${id}: ${(error as Error).message}`);
      }
    }
    const path = `/lbaas/loadbalancers?name=${encodeURIComponent(name)}`;
    const { loadbalancers } = await this.#cloud.get<{ loadbalancers: Balancer[] }>('load-balancer', path);
    return loadbalancers.find(({ provisioning_status }) => !['PENDING_DELETE', 'DELETED'].includes(provisioning_status));
  }

  async create(loadbalancer: Readonly<Record<string, unknown>> & { name: string }): Promise<Balancer> {
    try {
      const path = '/lbaas/loadbalancers';
      return (await this.#cloud.send<{ loadbalancer: Balancer }>('load-balancer', 'POST', path, { loadbalancer })).loadbalancer;
    } catch (error) {
      throw new Error(`error creating loadbalancer ${loadbalancer.name}: ${(error as Error).message}`);
    }
  }

  /** Resolves when it is gone, as upstream: a Service that is gone has left nothing. */
  async delete(id: string): Promise<void> {
    await this.#cloud.send('load-balancer', 'DELETE', `/lbaas/loadbalancers/${id}?cascade=true`);
    for (let tries = 0; tries < 120; tries++) {
      const left = await this.#get(id).catch((error: unknown) => {
        if (error instanceof Refused && error.status === 404) return undefined;
        throw error;
      });
      if (left === undefined || left.provisioning_status === 'DELETED') return;
      await sleep(250);
    }
    throw new Error(`loadbalancer ${id} failed to delete within the allotted time`);
  }

  async active(id: string): Promise<void> {
    for (let tries = 0; tries < 120; tries++) {
      const { provisioning_status } = await this.#get(id);
      if (provisioning_status === 'ACTIVE') return;
      if (provisioning_status === 'ERROR') break;
      await sleep(250);
    }
    throw new Error(`timeout waiting for the loadbalancer ${id} ACTIVE`);
  }

  /** Makes the listeners of the Service behind `name` those of `wanted`; those of others on a shared load balancer stay. */
  async update(id: string, name: string, wanted: readonly ListenerTree[]): Promise<void> {
    const listeners = await this.#listeners(id);
    const surplus = listeners.filter((listener) => isOf(name, listener) && !wanted.some((tree) => isSame(tree, listener)));
    await this.#remove(id, surplus);
    for (const tree of wanted) {
      const known = listeners.find((listener) => isSame(tree, listener));
      if (known?.default_pool_id) await this.#setMembers(id, known.default_pool_id, tree.default_pool.members);
      if (!known) await this.#addTree(id, tree);
    }
  }

  /** Octavia takes a whole tree only with a new load balancer; later each part comes by itself. */
  async #addTree(id: string, { default_pool, ...listener }: ListenerTree): Promise<void> {
    const { members, healthmonitor, ...pool } = default_pool;
    const listener_id = await this.#add(id, '/lbaas/listeners', 'listener', { ...listener, loadbalancer_id: id });
    const pool_id = await this.#add(id, '/lbaas/pools', 'pool', { ...pool, listener_id });
    await this.#change(id, 'PUT', `/lbaas/pools/${pool_id}/members`, { members });
    if (healthmonitor) await this.#add(id, '/lbaas/healthmonitors', 'healthmonitor', { ...healthmonitor, pool_id });
  }

  async #remove(id: string, listeners: readonly Listener[]): Promise<void> {
    for (const listener of listeners) {
      if (listener.default_pool_id) await this.#change(id, 'DELETE', `/lbaas/pools/${listener.default_pool_id}`);
      await this.#change(id, 'DELETE', `/lbaas/listeners/${listener.id}`);
    }
  }

  async #setMembers(id: string, poolId: string, wanted: readonly Member[]): Promise<void> {
    const path = `/lbaas/pools/${poolId}/members`;
    const { members } = await this.#cloud.get<{ members: Member[] }>('load-balancer', path);
    if (textOf(members) !== textOf(wanted)) await this.#change(id, 'PUT', path, { members: wanted });
  }

  async #add(id: string, path: string, one: string, body: unknown): Promise<string> {
    const answer = await this.#cloud.send<Record<string, { id: string }>>('load-balancer', 'POST', path, { [one]: body });
    await this.active(id);
    return answer[one]?.id ?? '';
  }

  async #change(id: string, method: string, path: string, body?: unknown): Promise<void> {
    await this.#cloud.send('load-balancer', method, path, body);
    await this.active(id);
  }

  async #get(id: string): Promise<Balancer> {
    return (await this.#cloud.get<{ loadbalancer: Balancer }>('load-balancer', `/lbaas/loadbalancers/${id}`)).loadbalancer;
  }

  async #listeners(id: string): Promise<Listener[]> {
    const path = `/lbaas/listeners?loadbalancer_id=${id}`;
    return (await this.#cloud.get<{ listeners: Listener[] }>('load-balancer', path)).listeners;
  }
}

/** Listeners are named `listener_<index>_<load balancer name of their Service>`. */
function isOf(name: string, listener: Listener): boolean {
  return OWN_LISTENER.test(listener.name) && listener.name.replace(OWN_LISTENER, '') === name;
}

function isSame(tree: ListenerTree, listener: Listener): boolean {
  return tree.protocol === listener.protocol && tree.protocol_port === listener.protocol_port;
}

function textOf(members: readonly Member[]): string {
  const lines = members.map(({ name, address, protocol_port }) => `${name} ${address}:${protocol_port}`);
  return lines.sort().join();
}

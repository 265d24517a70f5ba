import { createHash } from 'node:crypto';
import { type Failure, failed, type Result, success } from '../base/failure.ts';
import { SingleFlight } from '../base/singleFlight.ts';
import {
  type ExecConsent,
  type ExecCredential,
  type ExecPlugin,
  type ExecSurroundings,
  runExecPlugin,
} from './execCredential.ts';
import type { KubeconfigEntry } from './kubeconfig.ts';

/** Who signs in: the program of one user entry, and the cluster's entry, which counts if the program is told about it. */
export interface ExecUser {
  readonly plugin: ExecPlugin;
  readonly user: string;
  readonly cluster: KubeconfigEntry;
}

/** Waits in ms before a program that failed runs again unasked; after the last it waits for a gesture. */
const waitsMs = [10_000, 60_000, 300_000];

interface Session {
  credential?: ExecCredential;
  failure?: Failure;
  failures: number;
  notBefore: number;
}

/**
 * What sign-in programs gave, shared by all contexts of a user: a program runs once for all who ask at the same time, and again only when its credential has ended
 * or was refused. One that fails is not run over and over in the background (login pages by the hundred): see `waitsMs`.
 */
export class ExecSessions {
  readonly #surroundings: ExecSurroundings;
  readonly #sessions = new Map<string, Session>();
  readonly #flights = new SingleFlight<Result<ExecCredential>>();

  constructor(surroundings: ExecSurroundings) {
    this.#surroundings = surroundings;
  }

  /** The credential of that user, from memory or by running the program; `told` is what it learns of the cluster. Fails as {@link runExecPlugin} does. */
  async credential(who: ExecUser, told: object, signal?: AbortSignal): Promise<Result<ExecCredential>> {
    const key = keyOf(who);
    const known = this.#sessions.get(key);
    const now = this.#now();
    if (known?.credential && (known.credential.expires ?? Number.POSITIVE_INFINITY) > now) return success(known.credential);
    if (known?.failure && known.notBefore > now) return { ok: false, failure: known.failure };
    return this.#flights.run(key, (ending) => this.#run(key, who, told, ending), failed('cancelled', 'Cancelled.'), signal);
  }

  /** Forgets a credential that a server refused, unless another has taken its place already. */
  refuse(who: ExecUser, refused: ExecCredential): void {
    const known = this.#sessions.get(keyOf(who));
    if (known?.credential === refused) delete known.credential;
  }

  /** The user asks: whatever failed before may run again. */
  tryAgain(who: ExecUser): void {
    const known = this.#sessions.get(keyOf(who));
    if (known?.failure) this.#sessions.delete(keyOf(who));
  }

  async #run(key: string, { plugin, user }: ExecUser, told: object, signal: AbortSignal): Promise<Result<ExecCredential>> {
    let allowed = true;
    const mayRun: ExecConsent = async (request) => {
      allowed = await this.#surroundings.mayRun(request);
      return allowed;
    };
    const ran = await runExecPlugin(plugin, user, told, { ...this.#surroundings, mayRun }, signal);
    if (ran.ok) this.#sessions.set(key, { credential: ran.value, failures: 0, notBefore: 0 });
    else if (ran.failure.reason !== 'cancelled') this.#fail(key, ran.failure, allowed);
    return ran;
  }

  /** Whoever said no is not asked again unasked. */
  #fail(key: string, failure: Failure, allowed: boolean): void {
    const failures = (this.#sessions.get(key)?.failures ?? 0) + 1;
    const wait = (allowed ? waitsMs[failures - 1] : undefined) ?? Number.POSITIVE_INFINITY;
    this.#sessions.set(key, { failure, failures, notBefore: this.#now() + wait });
  }

  #now(): number {
    return this.#surroundings.now?.() ?? Date.now();
  }
}

/** A digest, since the values of variables may be secret. */
function keyOf({ plugin, user, cluster }: ExecUser): string {
  const parts = [user, plugin, plugin.provideClusterInfo ? cluster.value : undefined];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

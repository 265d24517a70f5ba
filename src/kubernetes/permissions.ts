import { Cache } from '../base/cache.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { eachOf } from '../base/eachOf.ts';
import { failed, type Result, success } from '../base/failure.ts';
import { plainText } from '../base/plainText.ts';
import { type Access, type AccessRule, ruleAllows, ruleConcerns } from './accessRules.ts';
import type { Cluster } from './cluster.ts';

/** What the server answers to "which rules hold for me in this namespace". Incomplete where an authoriser (a webhook) cannot tell its rules. */
export interface RulesReview {
  readonly rules: readonly AccessRule[];
  readonly incomplete: boolean;
}

/** Whether something may be done to any object of a kind; `names`: those of whom it may be done at least. `unknown` while nobody has asked or could be asked. */
export interface Verdict {
  readonly answer: 'allowed' | 'refused' | 'unknown';
  readonly names: ReadonlySet<string>;
}

interface RulesAnswer {
  readonly resourceRules?: readonly AccessRule[] | null;
  readonly incomplete?: boolean;
}

interface AccessAnswer {
  readonly allowed?: boolean;
  readonly reason?: string;
  readonly evaluationError?: string;
}

/** What the server answers to one question; `reason` is the authoriser's own, often empty. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}

/** So long an answer holds. Roles change seldom, and the server decides in any case. */
const holdsMs = 300_000;
/** What could not be asked is asked again after this long. */
const failedHoldsMs = 60_000;
const mostReviews = 64;
const mostDecisions = 2_000;
/** So many questions at a time go to one server. */
const atATime = 4;
const nobody: ReadonlySet<string> = new Set();
const unknown: Verdict = { answer: 'unknown', names: nobody };

/**
 * What the user of a context may do: one SelfSubjectRulesReview per namespace; where that is incomplete, and for what has no namespace, a SelfSubjectAccessReview per question. Answers are
 * remembered for five minutes and forgotten when the cluster is refreshed. Source: API reference, authorization.k8s.io/v1.
 */
export class Permissions {
  readonly #cluster: Pick<Cluster, 'context' | 'raw'>;
  readonly #reviews: Cache<RulesReview | undefined>;
  readonly #decisions: Cache<Decision | undefined>;

  constructor(cluster: Pick<Cluster, 'context' | 'raw'>, clock: Clock = systemClock) {
    this.#cluster = cluster;
    this.#reviews = new Cache(clock);
    this.#decisions = new Cache(clock);
  }

  /** What is known now, of any age; asks nobody. Without a namespace: of what has none, or in all namespaces. */
  known(namespace: string | undefined, access: Access): Verdict {
    const review = this.#reviews.peek(this.#reviewed(namespace))?.value;
    if (!review) return unknown;
    const concerning = review.rules.filter((rule) => ruleConcerns(rule, access));
    const names = new Set(concerning.flatMap(({ resourceNames = [] }) => resourceNames));
    if (!this.#needsDecision(namespace, review, access))
      return { answer: concerning.some((rule) => ruleAllows(rule, access)) ? 'allowed' : 'refused', names };
    const decision = this.#decisions.peek(keyOf(namespace, access))?.value;
    return { answer: decision ? (decision.allowed ? 'allowed' : 'refused') : 'unknown', names };
  }

  /** Asks what of all this is not known or too old; true when somebody was asked. What cannot be asked stays unknown. */
  async learn(namespace: string | undefined, accesses: readonly Access[]): Promise<boolean> {
    let asked = false;
    const review = await fresh(this.#reviews, this.#reviewed(namespace), () => {
      asked = true;
      return this.#askRules(this.#reviewed(namespace));
    });
    const open = review ? accesses.filter((access) => this.#needsDecision(namespace, review, access)) : [];
    await eachOf(open, atATime, async (access) => {
      await fresh(this.#decisions, keyOf(namespace, access), () => {
        asked = true;
        return this.#askDecision(namespace, access);
      });
    });
    bound(this.#reviews, mostReviews);
    bound(this.#decisions, mostDecisions);
    return asked;
  }

  /** Whether one request may be made now. A refusal is never an old answer: a role may have come meanwhile. Fails as the server cannot be asked. */
  async decide(namespace: string | undefined, access: Access): Promise<Result<Decision>> {
    const { name = '', ...anyone } = access;
    const { answer, names } = this.known(namespace, anyone);
    if (answer === 'allowed' || names.has(name)) return success({ allowed: true, reason: '' });
    const asked = await this.#askDecision(namespace, access);
    const review = this.#reviews.peek(this.#reviewed(namespace))?.value;
    const wasWhole = review !== undefined && (name === '' || !this.#needsDecision(namespace, review, anyone));
    if (asked.ok && asked.value.allowed && answer === 'refused' && wasWhole) this.forget();
    return asked;
  }

  /** The user's name as the server knows it; fails where it cannot tell (before 1.28). Source: API reference, authentication.k8s.io/v1 SelfSubjectReview. */
  async userName(): Promise<Result<string>> {
    const status = await this.#create<{ userInfo?: { username?: string } }>('authentication', 'SelfSubjectReview');
    if (!status.ok) return status;
    return success(plainText(status.value.userInfo?.username ?? '', 200));
  }

  /** The rules that hold in a namespace. Fails as the server refuses. */
  async rules(namespace: string): Promise<Result<RulesReview>> {
    return this.#askRules(namespace);
  }

  /** What was answered so far counts no more. */
  forget(): void {
    this.#reviews.forget(() => true);
    this.#decisions.forget(() => true);
  }

  /** The namespace whose rules are looked at. Those of any contain all that hold for the whole cluster. */
  #reviewed(namespace: string | undefined): string {
    return namespace ?? this.#cluster.context.namespace ?? 'default';
  }

  /** Whether the rules of a review leave a question open: all do that are incomplete; outside of namespaces, those that may be of one namespace only. */
  #needsDecision(namespace: string | undefined, { rules, incomplete }: RulesReview, access: Access): boolean {
    return incomplete || (namespace === undefined && rules.some((rule) => ruleConcerns(rule, access)));
  }

  async #askRules(namespace: string): Promise<Result<RulesReview>> {
    const spec = { namespace };
    const status = await this.#create<RulesAnswer>('authorization', 'SelfSubjectRulesReview', spec);
    if (!status.ok) return status;
    const { resourceRules, incomplete = false } = status.value;
    return success({ rules: resourceRules ?? [], incomplete });
  }

  async #askDecision(namespace: string | undefined, access: Access): Promise<Result<Decision>> {
    const spec = { resourceAttributes: { ...access, ...(namespace === undefined ? {} : { namespace }) } };
    const status = await this.#create<AccessAnswer>('authorization', 'SelfSubjectAccessReview', spec);
    if (!status.ok) return status;
    const { allowed = false, reason = '', evaluationError } = status.value;
    if (!allowed && evaluationError) {
      // An authoriser that is down would perhaps have allowed it.
      const why = plainText(evaluationError, 200);
      return failed('unavailable', `${this.#cluster.context.name} could not find out whether you may: ${why}`);
    }
    return success({ allowed, reason: plainText(reason, 200) });
  }

  async #create<T>(group: string, kind: string, spec?: object): Promise<Result<T>> {
    const apiVersion = `${group}.k8s.io/v1`;
    const answer = await this.#cluster.raw(`/apis/${apiVersion}/${kind.toLowerCase()}s`, {
      method: 'POST',
      contentType: 'application/json',
      body: JSON.stringify({ apiVersion, kind, spec }),
    });
    if (!answer.ok) return answer;
    const status = statusIn(answer.value);
    if (typeof status === 'object' && status !== null) return success(status as T);
    return failed('malformed', `${this.#cluster.context.name} answered a ${kind} without a status.`);
  }
}

const all = new WeakMap<Cluster, Permissions>();

/** The one store of answers of a cluster; a refresh of the cluster empties it. */
export function permissionsOf(cluster: Cluster): Permissions {
  const known = all.get(cluster);
  if (known) return known;
  const made = new Permissions(cluster);
  cluster.onDidChange(() => made.forget());
  all.set(cluster, made);
  return made;
}

/** The remembered answer if it still holds, else a new one; undefined when it cannot be had, which is remembered for a while, too. */
async function fresh<T>(cache: Cache<T | undefined>, key: string, ask: () => Promise<Result<T>>): Promise<T | undefined> {
  const known = cache.peek(key);
  const holds = known && known.value === undefined ? failedHoldsMs : holdsMs;
  const got = await cache.get(key, holds, async () => {
    const answer = await ask();
    return success(answer.ok ? answer.value : undefined);
  });
  return got.ok ? got.value.value : undefined;
}

/** Lets go of what was asked first. */
function bound(cache: Cache<unknown>, most: number): void {
  const keys = cache.keys();
  const gone = new Set(keys.slice(0, Math.max(0, keys.length - most)));
  if (gone.size > 0) cache.forget((key) => gone.has(key));
}

function statusIn(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? Reflect.get(body, 'status') : undefined;
  } catch {
    return undefined;
  }
}

function keyOf(namespace: string | undefined, access: Access): string {
  const { verb, group, resource, subresource, name } = access;
  return JSON.stringify([namespace, verb, group, resource, subresource, name]);
}

import type { Result } from '../../base/failure.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { titleOf } from '../../kubernetes/objectKey.ts';
import { isReady } from '../../kubernetes/podsBehind.ts';
import { statusOf } from '../readiness/readiness.ts';
import { Observed } from '../run/observed.ts';
import { seconds } from '../run/summary.ts';
import type { Proof, ProofEvent, ProofSummary } from './prove.ts';

/** One change of a pod that belongs to the workload. */
export interface HealingEvent {
  readonly gone: boolean;
  readonly pod: KubeObject;
}

/** How a workload heals after one of its pods was deleted: what the watch tells goes in, what a person reads comes out. Knows no cluster. */
export class Healing {
  readonly done: Promise<void>;
  readonly #proof: Proof;
  readonly #emit: (event: ProofEvent) => void;
  readonly #apiName: string | undefined;
  readonly #now: () => number;
  readonly #events: ProofEvent[] = [];
  readonly #pods = new Map<string, KubeObject>();
  readonly #told = new Set<string>();
  #finish: () => void = () => undefined;
  #began: number | undefined;
  #wholeAt: number | undefined;
  #silentSince: number | undefined;
  #answersAt: number | undefined;
  #answersNow = false;

  constructor(proof: Proof, emit: (event: ProofEvent) => void, apiName?: string, now: () => number = () => performance.now()) {
    this.#proof = proof;
    this.#emit = emit;
    this.#apiName = apiName;
    this.#now = now;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** The deletion was accepted: time runs from here. */
  begin(): void {
    this.#began = this.#now();
    this.#say(`Pod ${this.#proof.pod.name} is deleted`);
    this.#judge();
  }

  take({ gone, pod }: HealingEvent): void {
    const uid = pod.metadata.uid ?? '';
    if (gone) this.#pods.delete(uid);
    else this.#pods.set(uid, pod);
    this.#judge();
  }

  /** What the API of the service said when it was asked. */
  answered(answer: Result<unknown>): void {
    if (this.#began === undefined) return;
    this.#answersNow = answer.ok;
    if (!answer.ok && this.#silentSince === undefined) {
      this.#silentSince = this.#elapsed();
      this.#answersAt = undefined;
      this.#say(`The API ${this.#apiName} does not answer: ${answer.failure.message.replace(/\.$/, '')}`);
    } else if (answer.ok && this.#answersAt === undefined) {
      this.#answersAt = this.#silentSince === undefined ? 0 : this.#elapsed();
      if (this.#silentSince !== undefined) this.#say(`The API ${this.#apiName} answers again`);
      this.#silentSince = undefined;
    }
    this.#judge();
  }

  #judge(): void {
    if (this.#began === undefined) return;
    const { pod, wanted, before, workload } = this.#proof;
    if (!this.#pods.has(pod.uid)) this.#once('gone', `Pod ${pod.name} is gone`);
    for (const [uid, { metadata }] of this.#pods)
      if (!before.has(uid)) this.#once(`new ${uid}`, `Pod ${metadata.name} takes its place`);
    const ready = [...this.#pods].filter(([uid, one]) => uid !== pod.uid && isReady(one));
    for (const [uid, { metadata }] of ready) if (!before.has(uid)) this.#once(`ready ${uid}`, `Pod ${metadata.name} is ready`);
    if (ready.length >= wanted && this.#wholeAt === undefined) {
      this.#wholeAt = this.#elapsed();
      this.#say(`${titleOf(workload)} is whole: ${ready.length} of ${wanted} ready`);
    }
    if (this.#wholeAt !== undefined && (this.#apiName === undefined || this.#answersNow)) this.#finish();
  }

  #once(what: string, text: string): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#say(text);
  }

  #say(text: string): void {
    const event = { at: this.#elapsed(), text };
    this.#events.push(event);
    this.#emit(event);
  }

  #elapsed(): number {
    return this.#now() - (this.#began ?? this.#now());
  }

  /** The end in one value. */
  summarize(cancelled: boolean, timeoutMs: number): ProofSummary {
    const healed = this.#wholeAt !== undefined && (this.#apiName === undefined || this.#answersNow);
    const outcome = healed ? 'healed' : cancelled ? 'cancelled' : 'notHealed';
    return {
      outcome,
      sentence: this.#sentence(outcome, timeoutMs),
      events: [...this.#events],
      ...(this.#wholeAt === undefined ? {} : { wholeAfterMs: this.#wholeAt }),
      ...(this.#answersAt === undefined ? {} : { answersAfterMs: this.#answersAt }),
    };
  }

  #sentence(outcome: ProofSummary['outcome'], timeoutMs: number): string {
    const { workload, target, pod, wanted } = this.#proof;
    const title = `${titleOf(workload)} on ${target.context}`;
    if (outcome === 'cancelled') return `Cancelled: Pod ${pod.name} is deleted, and nobody watches ${title} any more.`;
    if (outcome === 'healed')
      return `${title} was whole again ${seconds(this.#wholeAt ?? 0)} after Pod ${pod.name} was deleted.${this.#apiSentence()}`;
    const ready = [...this.#pods.values()].filter(isReady).length;
    if (this.#wholeAt !== undefined)
      return `${title} was whole again after ${seconds(this.#wholeAt)}, but the API ${this.#apiName} does not answer ${seconds(timeoutMs)} after Pod ${pod.name} was deleted. Look at its log.`;
    const why = this.#trouble();
    return `${title} is not whole ${seconds(timeoutMs)} after Pod ${pod.name} was deleted: ${ready} of ${wanted} ready${why === undefined ? '' : `, ${why}`}. Look at its events.`;
  }

  #apiSentence(): string {
    if (this.#apiName === undefined) return '';
    return this.#answersAt === 0 || this.#answersAt === undefined
      ? ` The API ${this.#apiName} never stopped answering.`
      : ` The API ${this.#apiName} answered again after ${seconds(this.#answersAt)}.`;
  }

  /** Why a new pod is not ready, in the words of the readiness rules. */
  #trouble(): string | undefined {
    const around = new Observed();
    const waiting = [...this.#pods].find(([uid, pod]) => !this.#proof.before.has(uid) && !isReady(pod));
    if (!waiting) return undefined;
    const [, pod] = waiting;
    const { message } = statusOf({ ...pod, apiVersion: 'v1', kind: 'Pod' }, around);
    return message === undefined ? undefined : `Pod ${pod.metadata.name}: ${message}`;
  }
}

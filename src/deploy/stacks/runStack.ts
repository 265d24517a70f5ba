import { setTimeout as delay } from 'node:timers/promises';
import { type Failure, failed, type Result, success } from '../../base/failure.ts';
import { listAt, textAt } from '../../base/fields.ts';
import type { Resource } from '../../openstack/kind.ts';
import type { Project } from '../../openstack/project.ts';
import type { Place, Step, StepState } from '../types.ts';
import type { StackStep } from './planStacks.ts';
import { STACK_KIND } from './stackRequest.ts';

/** The part of a project that carries stacks out. */
export type StackRunProject = Pick<Project, 'id' | 'name' | 'cloud' | 'list' | 'create' | 'renew'>;

/** What a stack is carried out with. `tell` is told each new state, and what to say of it. */
export interface StackRunContext {
  readonly project: StackRunProject | undefined;
  /** Ends the waiting; what was sent goes on in the cloud. */
  readonly signal: AbortSignal;
  /** Ends the request itself. */
  readonly hard: AbortSignal;
  readonly tell: (state: StepState, message?: string, failure?: Failure, source?: Place) => void;
  /** Ms between two looks at a stack. */
  readonly everyMs: number;
  /** Asked right before it is sent; where it fails, nothing is. */
  readonly permit: () => Promise<Result<void>>;
  /** Told what became of sending it. */
  readonly sent: (sent: Result<unknown>) => Promise<void>;
}

/** Whether a step goes to Heat. */
export function isStackStep(step: Step): step is Step & { readonly stack: StackStep } {
  return step.stack !== undefined;
}

/** So often in a row a look may fail before the waiting ends. */
const MOST_FAILURES = 10;
/** An update that is not begun after so many looks had nothing to do. */
const MOST_BEFORE = 15;
/** Heat's own limit for nested stacks is 5. */
const NESTED = '5';

/**
 * Sends a stack and follows its events until Heat is done: `created` or `configured`, then `waiting` with the newest event, then `ready`, or `failed` with the reason of the first resource that failed, however deep it
 * is nested, at its line in the template. A stack that only waits is followed without being sent. Never rejects.
 */
export async function runStack(step: Step & { readonly stack: StackStep }, context: StackRunContext): Promise<void> {
  const { project, tell, signal } = context;
  const { stack } = step;
  if (!project || project.id !== stack.project.id) {
    const now = project ? `project ${project.name} of cloud ${project.cloud}` : 'no project';
    tell(
      'failed',
      `planned for project ${stack.project.name} of cloud ${stack.cloud}, and now bound to ${now}. Nothing was sent; make the plan again.`,
    );
    return;
  }
  const run = new StackRun(step, { ...context, project });
  const id = step.action === 'unchanged' ? success(stack.id ?? '') : await run.send();
  if (!id.ok) {
    if (id.failure.reason === 'cancelled') return tell('cancelled', 'not sent');
    const { detail: _, ...told } = id.failure;
    return tell('failed', told.message, told, run.placeIn(told.message));
  }
  tell(step.action === 'unchanged' ? 'unchanged' : stack.id === undefined ? 'created' : 'configured');
  if (signal.aborted) return tell('cancelled', 'sent; not waited for');
  await run.follow(id.value);
}

class StackRun {
  readonly #step: Step & { readonly stack: StackStep };
  readonly #context: StackRunContext & { readonly project: StackRunProject };
  /** Events from before this run say nothing about it. */
  readonly #seen = new Set<string>();
  #known: Resource | undefined;

  constructor(step: Step & { readonly stack: StackStep }, context: StackRunContext & { readonly project: StackRunProject }) {
    this.#step = step;
    this.#context = context;
  }

  /** Sends it; answers its id. */
  async send(): Promise<Result<string>> {
    const { project, hard, tell, permit, sent } = this.#context;
    const { stack } = this.#step;
    tell('applying');
    if (stack.id !== undefined) {
      // What happened before belongs to earlier updates.
      const before = await this.#renew(stack.id);
      if (!before.ok) return before;
      const old = await this.#events(before.value);
      for (const event of old.ok ? old.value : []) this.#seen.add(idOf(event));
    }
    const permitted = await permit();
    if (!permitted.ok) return permitted;
    const answer = await project.create(STACK_KIND, stack.change(), { signal: hard });
    if (!answer.ok) {
      const refusal = { ...answer.failure, message: stack.shown(answer.failure.message) };
      await sent({ ok: false, failure: refusal });
      return { ok: false, failure: refusal };
    }
    await sent(answer);
    const id = stack.id ?? textAt(answer.value.body, 'stack', 'id');
    return id === undefined ? failed('malformed', `Cloud ${project.cloud} answered without the id of the stack.`) : success(id);
  }

  /** Looks until the stack has settled. An update is settled only once it has begun: until then the old state is still told. */
  async follow(id: string): Promise<void> {
    const { signal, everyMs, tell } = this.#context;
    let failures = 0;
    let hasBegun = this.#step.action !== 'update';
    for (let look = 0; !signal.aborted; look++) {
      if (look > 0 && !(await waited(everyMs, signal))) return;
      const stack = await this.#renew(id);
      const events = stack.ok ? await this.#events(stack.value) : stack;
      if (!stack.ok || !events.ok) {
        const failure = stack.ok ? (events.ok ? undefined : events.failure) : stack.failure;
        if (!failure || signal.aborted) return;
        if (failure.reason === 'notFound') return tell('failed', 'somebody deleted it while it was waited for', failure);
        if (++failures >= MOST_FAILURES)
          return tell('notReady', `sent, but what became of it cannot be seen: ${failure.message}`, failure);
        continue;
      }
      failures = 0;
      const state = String(stack.value['stack_status']);
      const fresh = events.value.filter((event) => !this.#seen.has(idOf(event)));
      hasBegun ||= fresh.length > 0 || /_IN_PROGRESS$/.test(state) || look >= MOST_BEFORE;
      if (signal.aborted) return;
      if (/_IN_PROGRESS$/.test(state) || !hasBegun) {
        const last = fresh.at(-1);
        tell('waiting', last ? this.#progress(last, state) : state);
      } else if (/^(?:CREATE|UPDATE|CHECK|RESUME)_COMPLETE$/.test(state)) return tell('ready', state);
      else return this.#fail(stack.value, state, fresh);
    }
  }

  /** The line of the resource that a sentence of Heat is about. */
  placeIn(message: string): Place | undefined {
    const resource = /\bresources\.([\w-]+)/.exec(message)?.[1];
    return resource === undefined ? undefined : this.#step.stack.placeOf(resource);
  }

  #fail(stack: Resource, state: string, fresh: readonly Resource[]): void {
    const { shown, placeOf } = this.#step.stack;
    const cause = firstFailure(fresh);
    const rolled = /^ROLLBACK_/.test(state)
      ? state === 'ROLLBACK_COMPLETE'
        ? '; rolled back'
        : '; the roll-back failed, too'
      : '';
    if (!cause) {
      const reason = textAt(stack, 'stack_status_reason') ?? '';
      this.#context.tell('failed', `${shown(reason || state)}${rolled}`, undefined, this.placeIn(reason));
      return;
    }
    const name = textAt(cause, 'resource_name') ?? '';
    const nested = nestedIn(cause, stack['id']);
    const where = nested === undefined ? name : `${name} in ${nested}`;
    const reason = textAt(cause, 'resource_status_reason') ?? textAt(cause, 'resource_status') ?? '';
    this.#context.tell('failed', `${where}: ${shown(reason)}${rolled}`, undefined, placeOf(name));
  }

  #progress(event: Resource, state: string): string {
    const name = textAt(event, 'resource_name') ?? '';
    const isStack = name === textAt(this.#known, 'stack_name');
    return isStack ? state : `${name}: ${textAt(event, 'resource_status') ?? ''}`;
  }

  async #renew(id: string): Promise<Result<Resource>> {
    const found = await this.#context.project.renew(STACK_KIND, id, { signal: this.#context.signal });
    if (found.ok) this.#known = found.value;
    return found;
  }

  /** Oldest first. */
  async #events(stack: Resource): Promise<Result<readonly Resource[]>> {
    const { project, signal } = this.#context;
    const query = { nested_depth: NESTED };
    const list = await project.list('orchestration.event', { parent: stack, query, freshness: 'fresh', signal });
    if (!list.ok) return list;
    const time = (event: Resource) => textAt(event, 'event_time') ?? '';
    return success(list.value.items.toSorted((one, other) => (time(one) < time(other) ? -1 : time(one) > time(other) ? 1 : 0)));
  }
}

const idOf = (event: Resource): string => String(event['id']);

/** Said of those that were ended because another failed. */
const CONSEQUENCE =
  /(?:aborted|cancelled|stopped by|Resource (?:CREATE|UPDATE) (?:failed|cancelled)|^(?:CREATE|UPDATE) aborted)/i;

/** What failed first is the cause: stacks and groups around it fail with it, and others are ended for it. */
function firstFailure(events: readonly Resource[]): Resource | undefined {
  const bad = events.filter((event) => /_FAILED$/.test(textAt(event, 'resource_status') ?? ''));
  const own = bad.filter((event) => !CONSEQUENCE.test(textAt(event, 'resource_status_reason') ?? ''));
  // A stack tells of itself under its own name, and under that of the resource it is of another one; within a second it may come first. Its resources tell more.
  const stacks = new Set(events.map(stackIdOf));
  const isStack = (event: Resource) => {
    const made = textAt(event, 'physical_resource_id');
    return (made !== undefined && stacks.has(made)) || tellsOfWithin(event);
  };
  return own.find((event) => !isStack(event)) ?? own[0] ?? bad[0];
}

/** Whether a reason names a resource below the one that it is told of: `resources.annex.resources.second: …`. */
function tellsOfWithin(event: Resource): boolean {
  const reason = textAt(event, 'resource_status_reason') ?? '';
  return reason.includes(`resources.${textAt(event, 'resource_name')}.resources.`);
}

function linkOf(event: Resource, rel: string): string | undefined {
  return listAt(event, 'links')
    .filter((link) => textAt(link, 'rel') === rel)
    .map((link) => textAt(link, 'href'))[0];
}

const stackIdOf = (event: Resource): string | undefined => linkOf(event, 'stack')?.split('/').at(-1);

/** The name of the nested stack that an event is of: `shop-workers-3ksj`. Source: orchestration API reference v1, "List stack events": the link `stack` of an event. */
function nestedIn(event: Resource, root: unknown): string | undefined {
  return stackIdOf(event) === root ? undefined : linkOf(event, 'stack')?.split('/').at(-2);
}

async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return delay(ms, true, { signal }).catch(() => false);
}

import { type Failure, failed, type Result } from '../../base/failure.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { keyOf } from '../../kubernetes/objectKey.ts';
import type { Resource } from '../../openstack/kind.ts';
import type { Project } from '../../openstack/project.ts';
import type { Prepared } from '../plan/gate.ts';
import type { Blocker, Place, Step } from '../types.ts';
import { STACK } from './declaration.ts';
import { withoutFalseReplacements } from './falseReplacements.ts';
import { placeInTemplate } from './placeInTemplate.ts';
import { changesLine, type PreviewedResource, previewedResources } from './stackPreviewed.ts';
import { changeOf, previewOf, STACK_KIND, validationOf, withoutHidden } from './stackRequest.ts';
import type { StackSet, StackSource } from './stackSet.ts';

/** The part of a project that plans stacks. */
export type StackProject = Pick<Project, 'id' | 'name' | 'cloud' | 'list' | 'ask'>;

/** What a step carries that goes to Heat instead of a cluster. Functions, so that no print or journal of a plan holds parameters or files. */
export interface StackStep {
  readonly cloud: string;
  readonly project: { readonly id: string; readonly name: string };
  /** Id of the stack that is there; undefined for a new one. */
  readonly id: string | undefined;
  /** Resources that an update deletes or replaces: `server (OS::Nova::Server)`. Asked for by name. */
  readonly losses: readonly string[];
  /** Resources that would not stay as they are, those that are lost first. */
  readonly changes: readonly Pick<PreviewedResource, 'name' | 'type' | 'change'>[];
  readonly change: () => ReturnType<typeof changeOf>;
  /** Where in the user's files a resource stands. */
  readonly placeOf: (resource: string) => Place | undefined;
  /** A sentence of Heat without values that a template hides. */
  readonly shown: (text: string) => string;
}

/** The stacks of a plan: their steps, what blocks, and what of each is to be made (for quotas). */
export interface PlannedStacks {
  readonly steps: readonly Step[];
  readonly blockers: readonly Blocker[];
  readonly made: readonly { readonly one: Prepared; readonly resources: readonly PreviewedResource[] }[];
}

/** What stands for a stack where objects are put in order. */
export function stackObject({ declaration }: StackSource): KubeObject {
  const { name, written } = declaration;
  const { annotations } = written.object.metadata;
  return { ...STACK, metadata: { name, ...(annotations ? { annotations } : {}) } };
}

/** The key of its step. */
export function keyOfStack({ declaration: { name } }: StackSource): string {
  return keyOf({ ...STACK, name });
}

/**
 * Asks Heat what each stack would become; nothing is written. A stack that waits for another one that is not there yet is validated only. Whatever is wrong with one is its blocker; all of them block where the stacks of
 * the project cannot be listed. `after` is what comes first, by key.
 */
export async function planStacks(
  { stacks }: StackSet,
  project: StackProject | undefined,
  after: ReadonlyMap<string, Step['after']>,
  signal: AbortSignal,
): Promise<PlannedStacks> {
  if (stacks.length === 0) return { steps: [], blockers: [], made: [] };
  const there = project ? await project.list(STACK_KIND, { freshness: 'fresh', signal }) : noProject(stacks);
  if (!project || !there.ok) {
    const failure = there.ok ? undefined : there.failure;
    const [first] = stacks;
    const place = first?.declaration.written.placeOf([]);
    const message = `Stacks cannot be planned: ${failure?.message ?? ''}`;
    const steps = stacks.map((one) => stepOf(one, after, 'invalid', failure?.message ?? ''));
    return { steps, blockers: [{ message, ...(failure ? { failure } : {}), ...(place ? { place } : {}) }], made: [] };
  }
  const live = new Map(there.value.items.map((stack) => [String(stack['stack_name']), stack]));
  const planned = await Promise.all(stacks.map((one) => planStack(one, live.get(one.declaration.name), project, after, signal)));
  const toCome = new Set(planned.filter(({ step }) => step.action !== 'unchanged').map(({ step }) => step.key));
  const settled = await Promise.all(planned.map((one) => validated(one, toCome, project, signal)));
  return {
    steps: settled.map(({ step }) => step),
    blockers: settled.flatMap(({ step, source, failure }) => (failure ? [blockerOf(source, step, failure)] : [])),
    made: settled.flatMap(({ source, resources }) => {
      const fresh = resources.filter(({ change }) => change === 'added' || change === 'replaced');
      return fresh.length === 0 ? [] : [{ one: preparedOf(source), resources: fresh }];
    }),
  };
}

interface PlannedStack {
  readonly source: StackSource;
  readonly step: Step;
  readonly resources: readonly PreviewedResource[];
  readonly failure?: Failure;
}

const noProject = ([first]: readonly StackSource[]): Result<never> =>
  failed(
    'invalid',
    `stack ${first?.declaration.name ?? ''} goes to a cloud, and none is bound. Bind the folder to one, or name it (--cloud).`,
  );

async function planStack(
  source: StackSource,
  live: Resource | undefined,
  project: StackProject,
  after: ReadonlyMap<string, Step['after']>,
  signal: AbortSignal,
): Promise<PlannedStack> {
  const { name } = source.declaration;
  const state = live ? String(live['stack_status']) : '';
  const make = (action: Step['action'], reason: string, resources: readonly PreviewedResource[] = []): PlannedStack => ({
    source,
    resources,
    step: {
      ...stepOf(source, after, action, reason),
      ...sidesOf(source, live, resources),
      stack: stackStep(source, live, project, resources),
    },
  });
  const refuse = (failure: Failure): PlannedStack => ({
    ...make('invalid', withoutHidden(failure.message, source)),
    failure,
  });
  if (/^(?:DELETE|SUSPEND|ROLLBACK|RESUME)_IN_PROGRESS$/.test(state))
    return refuse({ reason: 'conflict', message: `it is ${state} in project ${project.name}. Wait until that has ended.` });
  const doing = live ? `preview the update of stack ${name}` : `preview stack ${name}`;
  const answer = await project.ask(STACK_KIND, live ?? {}, previewOf(source, live), doing, signal);
  if (!answer.ok) return refuse(answer.failure);
  const told = previewedResources(answer.value);
  if (!told)
    return refuse({ reason: 'malformed', message: `cloud ${project.cloud} answered with something that is no preview.` });
  const resources = live ? await withoutFalseReplacements(told, source, live, project, signal) : told;
  const line = changesLine(resources);
  if (!live) return make('create', `in project ${project.name} of cloud ${project.cloud}: ${line || 'no resource'}`, resources);
  if (line !== '') return make('update', line, resources);
  const isBroken = /_FAILED$|^ROLLBACK_COMPLETE$/.test(state);
  if (isBroken) return make('update', `is ${state}: Heat tries again`, resources);
  return make('unchanged', /_IN_PROGRESS$/.test(state) ? `is ${state}; waited for` : '', resources);
}

/** What cannot be previewed because a stack that comes first is not there yet is told by its template alone. */
async function validated(
  planned: PlannedStack,
  toCome: ReadonlySet<string>,
  project: StackProject,
  signal: AbortSignal,
): Promise<PlannedStack> {
  const { step, source, failure } = planned;
  const first = failure && step.after.find(({ key }) => toCome.has(key));
  if (!first) return planned;
  const doing = `validate the template of stack ${source.declaration.name}`;
  const answer = await project.ask(STACK_KIND, {}, validationOf(source), doing, signal);
  if (!answer.ok) return { ...planned, failure: answer.failure };
  const reason = `verified on apply: ${first.key.slice(first.key.indexOf(' ') + 1)} is made in this plan`;
  return { source, resources: [], step: { ...step, action: 'unverified', reason } };
}

function blockerOf(source: StackSource, step: Step, failure: Failure): Blocker {
  // What the service answered in full may quote what a template hides.
  const { detail: _, ...told } = failure;
  const message = `Stack ${source.declaration.name}: ${withoutHidden(failure.message, source)}`;
  const named = /\bresources\.([\w-]+)/.exec(failure.message)?.[1];
  const place =
    (named === undefined ? undefined : placeInTemplate(source, named)) ??
    source.declaration.written.placeOf(['metadata', 'name']);
  return { message, step: step.key, failure: { ...told, message }, place };
}

function stepOf(source: StackSource, after: ReadonlyMap<string, Step['after']>, action: Step['action'], reason: string): Step {
  const { name, template, environments, written } = source.declaration;
  const key = keyOfStack(source);
  return {
    key,
    ref: { ...STACK, name },
    action,
    reason,
    source: written.source,
    // Parameters may be secrets, and this is shown and kept.
    object: { ...STACK, metadata: { name }, spec: { template, environments } },
    warnings: [],
    after: after.get(key) ?? [],
  };
}

/** The two sides of the difference: the resources before and after, by type. */
function sidesOf(source: StackSource, live: Resource | undefined, resources: readonly PreviewedResource[]): Partial<Step> {
  const side = (fits: (one: PreviewedResource) => boolean, mark: string): KubeObject => ({
    ...STACK,
    metadata: { name: source.declaration.name },
    resources: Object.fromEntries(
      resources
        .filter(fits)
        .map(({ name, type, change }) => [
          name,
          change === 'updated' || change === 'replaced' ? `${type}${mark.replace('?', change)}` : type,
        ]),
    ),
  });
  const result = side(({ change }) => change !== 'deleted', ' (?)');
  return live ? { live: side(({ change }) => change !== 'added', ''), result } : { result };
}

function stackStep(
  source: StackSource,
  live: Resource | undefined,
  { id, name, cloud }: StackProject,
  resources: readonly PreviewedResource[],
): StackStep {
  const lost = resources.filter(({ change }) => change === 'deleted' || change === 'replaced');
  return {
    cloud,
    project: { id, name },
    id: live && String(live['id']),
    losses: lost.map(({ name: resource, type }) => `${resource} (${type})`),
    changes: resources
      .filter(({ change }) => change !== 'unchanged')
      .map(({ name: resource, type, change }) => ({ name: resource, type, change })),
    change: () => changeOf(source, live),
    placeOf: (resource) => placeInTemplate(source, resource),
    shown: (text) => withoutHidden(text, source),
  };
}

function preparedOf(source: StackSource): Prepared {
  return { key: keyOfStack(source), object: stackObject(source), written: source.declaration.written };
}

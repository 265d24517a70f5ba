import { basename, resolve } from 'node:path';
import { failed, type Result, success } from '../base/failure.ts';
import type { Http } from '../base/http.ts';
import { discover } from '../deploy/files/discover.ts';
import type { Files } from '../deploy/files/files.ts';
import { ignoredByGit } from '../deploy/files/ignoredByGit.ts';
import { checksProtected } from '../deploy/plan/risky.ts';
import { reportOf } from '../deploy/record/report.ts';
import { casualtiesOf, casualtyLine, wordToType } from '../deploy/removal/prune.ts';
import { eventLine } from '../deploy/run/run.ts';
import { watchTarget } from '../deploy/run/watchTarget.ts';
import { guardProject } from '../deploy/target.ts';
import { printTargets } from '../deploy/targets/matrix.ts';
import { type OpenedTarget, type PlannedTargets, planTargets } from '../deploy/targets/planTargets.ts';
import { readPatches } from '../deploy/targets/readPatches.ts';
import { type RolledBackTarget, rollBackTargets, rolledBackLines, type WayBackOf } from '../deploy/targets/rollBackTargets.ts';
import { printTargetsRun, startTargets, type TargetsRun, targetsRunDocument } from '../deploy/targets/runTargets.ts';
import { nameOfTarget, readTargetSet, type TargetEntry, type TargetSet } from '../deploy/targets/targetSet.ts';
import type { Contexts } from '../kubernetes/cluster.ts';
import { exactJson } from '../kubernetes/exactJson.ts';
import type { Clouds } from '../openstack/cloud.ts';
import type { Request } from './commandLine.ts';
import { unconfirmed } from './confirmed.ts';
import { CANCELLED, CHANGES, COULD_NOT_RUN, REFUSED, WRONG } from './exitStatus.ts';
import { type Opened, open, openClouds, type Person } from './opened.ts';
import { exitStatusOf, planStatusOf, targetsJson, targetsRunJson } from './printed.ts';
import { readForDeploy } from './readForDeploy.ts';
import { allowedBy, STABILITY_MS, setAskedFor, writeReport } from './requestedDeploy.ts';
import { wayBackOf } from './wayBackOf.ts';

/** Where it is printed: results, and what is said beside them. */
export interface Output {
  say(text: string): void;
  tell(text: string): void;
}

/** They never go out. */
const STOPPED: ReadonlySet<number> = new Set([WRONG, REFUSED]);

/** `plan` and `apply` with `--targets`: one plan over the targets of a file, then wave after wave. Gives the exit status. */
export async function deployTargets(
  request: Request & { readonly targets: string },
  {
    http,
    files,
    person,
    output,
  }: { readonly http: Http; readonly files: Files; readonly person: Person; readonly output: Output },
): Promise<number> {
  const { say, tell } = output;
  const set = await readSet(request, files);
  if (!set.ok) {
    tell(set.failure.message);
    return COULD_NOT_RUN;
  }
  const { signal } = person;
  const opening = new Opening(request, http, files, person, tell);
  const planned = await planTargets(set.value, (entry) => opening.open(entry), { signal });
  if (signal.aborted) return CANCELLED;
  const json = request.format === 'json';
  if (!json) say(printTargets(planned.plan));
  else if (request.verb === 'plan') say(exactJson(targetsJson(planned.plan, opening.texts)));
  const status = statusOf(planned, request, opening.unchecked);
  if (request.verb === 'plan' || STOPPED.has(status)) {
    if (json && request.verb === 'apply') say(exactJson({ plan: targetsJson(planned.plan, opening.texts) }));
    return status;
  }
  const asks = status === CHANGES || planned.plan.targets.some(({ plan }) => plan && checksProtected(plan));
  const refusal = asks ? await confirmation(request, planned, signal) : undefined;
  if (refusal !== undefined) {
    tell(refusal);
    return signal.aborted ? CANCELLED : REFUSED;
  }
  return carryOut(planned, request, { signal, output, opening });
}

/** Why the plans do not go out, or undefined when they were confirmed: one question for all, one word for all that is destroyed. */
function confirmation(request: Request, { plan: { targets } }: PlannedTargets, signal: AbortSignal): Promise<string | undefined> {
  const planned = targets.flatMap(({ entry, plan }) => (plan ? [{ entry, plan }] : []));
  const word = wordToType({ steps: planned.flatMap(({ plan }) => plan.steps) });
  const lines = planned.flatMap(({ entry, plan }) => casualtiesOf(plan).map((step) => `${entry.name}: ${casualtyLine(step)}`));
  const destroys = word === undefined ? undefined : { word, what: lines.join('; ') };
  const names = planned.map(({ entry }) => entry.name).join(', ');
  return unconfirmed(
    request,
    planned.map(({ plan }) => plan.target),
    `Apply to ${names}?`,
    signal,
    destroys,
  );
}

async function readSet(
  { targets: file, only }: Request & { readonly targets: string },
  files: Files,
): Promise<Result<TargetSet>> {
  const text = await files.read(file);
  if (!text.ok) return text;
  const set = readTargetSet(file, text.value);
  if (!set.ok || only.length === 0) return set;
  const stranger = only.find((name) => !set.value.targets.some((one) => one.name === name));
  if (stranger !== undefined) return failed('invalid', `${file} has no target ${stranger}.`);
  return success({ ...set.value, targets: set.value.targets.filter(({ name }) => only.includes(name)) });
}

/** Opens targets, the clouds once for all of them. */
class Opening {
  readonly texts = new Map<string, string>();
  /** Those of each target, by its name. */
  readonly contexts = new Map<string, Contexts>();
  unchecked = 0;
  readonly #request: Request;
  readonly #http: Http;
  readonly #files: Files;
  readonly #person: Person;
  readonly #tell: Output['tell'];
  #clouds: Promise<Clouds> | undefined;

  constructor(request: Request, http: Http, files: Files, person: Person, tell: Output['tell']) {
    this.#request = request;
    this.#http = http;
    this.#files = files;
    this.#person = person;
    this.#tell = tell;
  }

  async open(entry: TargetEntry): Promise<Result<OpenedTarget>> {
    if (entry.cloud !== undefined) this.#clouds ??= openClouds(this.#http, this.#person);
    const opened = await open(entry, this.#http, this.#person, await this.#clouds);
    if (opened.ok && opened.value.contexts) this.contexts.set(entry.name, opened.value.contexts);
    return opened.ok ? this.#read(entry, opened.value) : opened;
  }

  async #read(entry: TargetEntry, opened: Opened): Promise<Result<OpenedTarget>> {
    const { cluster, target, project } = opened;
    if (!cluster || !target) return failed('invalid', `${entry.name} names no context.`);
    const found = await discover(entry.paths, this.#files, { ignored: ignoredByGit, signal: this.#person.signal });
    const read = await readForDeploy(
      { found, paths: entry.paths, values: entry.values, files: this.#files, checks: entry.checks ?? [] },
      opened,
      this.#http,
      this.#person,
    );
    if (!read.ok) return read;
    const { stacks } = read.value;
    const gathered = await readPatches(read.value, entry.patches, this.#files);
    for (const [file, text] of gathered.texts) this.texts.set(file, text);
    this.unchecked += gathered.unchecked;
    if (gathered.unchecked > 0)
      this.#tell(
        `${entry.name}: ${gathered.unchecked} of ${gathered.references} references could not be checked: ${(gathered.paused ?? 'no answer').replace(/\.+$/, '')}.`,
      );
    const more = project ? { project } : {};
    const guarded = stacks.stacks.length > 0 && project ? guardProject(target, project) : target;
    const { set } = this.#request;
    const asked = {
      allowed: allowedBy(this.#request),
      ...setAskedFor({ ...this.#request, set: set && nameOfTarget(set, entry) }),
    };
    return success({
      request: { target: guarded, ...gathered, stacks, ...asked, ...more },
      context: { cluster, written: gathered.written, ...more },
    });
  }
}

function statusOf({ plan: { targets, blockers } }: PlannedTargets, { verb, requireLive }: Request, unchecked: number): number {
  if (requireLive && unchecked > 0) return WRONG;
  const steps = targets.flatMap((one) => one.plan?.steps ?? []);
  return planStatusOf({ steps, blockers }, verb === 'apply');
}

async function carryOut(
  planned: PlannedTargets,
  request: Request,
  {
    signal,
    output,
    opening: { texts, contexts },
  }: { readonly signal: AbortSignal; readonly output: Output; readonly opening: Pick<Opening, 'texts' | 'contexts'> },
): Promise<number> {
  const { say, tell } = output;
  const { set, takeOverRun, keep, report, wait, rollBack } = request;
  const { file } = planned.plan.set;
  const keeping = {
    name: set ?? basename(file),
    places: [resolve(file)],
    ...(takeOverRun ? { takeOver: true } : {}),
    ...(keep ? { inCluster: true } : {}),
  };
  const started = startTargets(planned, keeping, { stabilityMs: STABILITY_MS, ...wait });
  if (!started.ok) return WRONG;
  const run = started.value;
  const cancel = () => run.cancel();
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  const json = request.format === 'json';
  run.onDidStart(({ entry, run: one, note, end }) => {
    const known = contexts.get(entry.name);
    const watching = known && watchTarget(one, known);
    void end.then(() => watching?.dispose());
    if (note !== undefined) tell(`${entry.name}: ${note}`);
    if (!json) one.onDidChange((event) => event && say(`${entry.name}: ${eventLine(event)}`));
  });
  const summary = await run.done;
  const wayOf: WayBackOf = ({ name }, failed, { cluster }) => {
    const where = { cluster, contexts: contexts.get(name) };
    return wayBackOf(request, failed, where, keeping, signal, json ? undefined : (line) => say(`${name}: ${line}`));
  };
  const backs = rollBack && !signal.aborted ? await rollBackTargets(run, planned.contexts, wayOf) : [];
  for (const { entry, notes } of backs) for (const said of notes) tell(`${entry.name}: ${said}`);
  if (report !== undefined) await writeReport(report, reportsOf(run, backs), tell);
  if (json) say(exactJson({ plan: targetsJson(planned.plan, texts), run: targetsRunJson(summary, backs) }));
  else say([printTargetsRun(run).trimEnd(), ...rolledBackLines(backs)].join('\n'));
  return exitStatusOf(summary.outcome);
}

/** What became of all, then each target by itself. */
function reportsOf(run: TargetsRun, backs: readonly RolledBackTarget[]): readonly string[] {
  const recordsOf = ({ entry, record }: TargetsRun['targets'][number]) => {
    const back = backs.find((one) => one.entry === entry);
    return [back?.failed ?? record, back?.back];
  };
  const each = run.targets.flatMap(recordsOf).flatMap((record) => (record ? [reportOf(record)] : []));
  return [targetsRunDocument(run), ...each.map((text) => `\n${text}`)];
}

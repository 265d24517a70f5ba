#!/usr/bin/env node
/** The third front door: check, plan and apply without an editor, for CI and git hooks. The same rooms as in the editor; contacts only what its arguments name. */
import { createInterface } from 'node:readline/promises';
import { success } from './base/failure.ts';
import { createHttp } from './base/pool.ts';
import { parseCommandLine, type Request, USAGE } from './cli/commandLine.ts';
import { diskFiles } from './cli/diskFiles.ts';
import { findingLine, findingRows } from './cli/findingRows.ts';
import { type Opened, open } from './cli/opened.ts';
import { exitStatusOf, planJson, summaryJson } from './cli/printed.ts';
import { discover } from './deploy/discover.ts';
import { type Gathered, gather } from './deploy/gather.ts';
import { checkObjects, makePlan } from './deploy/plan.ts';
import { printPlan, targetName } from './deploy/planText.ts';
import { noLookup, projectLookup } from './deploy/projectLookup.ts';
import { TEMPLATE } from './deploy/readManifests.ts';
import { eventLine, startRun } from './deploy/run.ts';
import type { Plan } from './deploy/types.ts';
import { exactJson } from './kubernetes/exactJson.ts';
import type { Finding } from './manifest/finding.ts';

const COULD_NOT_RUN = 1;
const CHANGES = 2;
const REFUSED = 4;
const WRONG = 5;
const CANCELLED = 130;

/** Long enough to see a container die at once, short enough for a pipeline. */
const STABILITY_MS = 1_000;

const say = (text: string) => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
const tell = (text: string) => void process.stderr.write(`${text}\n`);

async function main(args: readonly string[]): Promise<number> {
  const request = parseCommandLine(args);
  if (!request.ok) return complain(request.failure.message);
  if (request.value === 'help') {
    say(USAGE);
    return 0;
  }
  const http = createHttp();
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  try {
    return await carryOut(request.value, http, stop.signal);
  } finally {
    http.dispose();
  }
}

function complain(message: string): number {
  tell(message);
  return COULD_NOT_RUN;
}

async function carryOut(request: Request, http: ReturnType<typeof createHttp>, signal: AbortSignal): Promise<number> {
  const opened = await open(request, http);
  if (!opened.ok) return complain(opened.failure.message);
  const found = await discover(request.files, diskFiles, { signal });
  const lookup = opened.value.project ? projectLookup(opened.value.project) : noLookup('no --cloud was named');
  const gathered = await gather(found, lookup, signal);
  if (signal.aborted) return CANCELLED;
  const { unchecked, references, paused = 'no answer' } = gathered;
  if (unchecked > 0) tell(`${unchecked} of ${references} references could not be checked: ${paused.replace(/\.+$/, '')}.`);
  if (request.requireLive && unchecked > 0 && request.verb !== 'check') return WRONG;
  return request.verb === 'check'
    ? check(request, opened.value, gathered, signal)
    : deploy(request, opened.value, gathered, signal);
}

async function check(request: Request, { cluster, target }: Opened, gathered: Gathered, signal: AbortSignal): Promise<number> {
  for (const { message, place } of gathered.blockers)
    tell(place === undefined || message.includes(place.file) ? message : `${place.file}: ${message}`);
  const checked = cluster && target ? await checkObjects({ target, ...gathered }, cluster, signal) : success(gathered.findings);
  if (!checked.ok) return complain(checked.failure.message);
  const rows = findingRows(checked.value.map(quietTemplate), gathered.texts);
  if (request.format === 'json') say(exactJson(rows));
  else for (const row of rows) say(findingLine(row));
  if (gathered.blockers.length > 0) return COULD_NOT_RUN;
  return rows.some(({ severity }) => severity === 'error') || (request.requireLive && gathered.unchecked > 0) ? WRONG : 0;
}

/** A template cannot be deployed; in a check it is only a place that could not be looked into. */
function quietTemplate(finding: Finding): Finding {
  return finding.code === TEMPLATE ? { ...finding, severity: 'information' } : finding;
}

async function deploy(request: Request, opened: Opened, gathered: Gathered, signal: AbortSignal): Promise<number> {
  const { cluster, target } = opened;
  if (!cluster || !target) return complain(`${request.verb} needs --context.`);
  const plan = await makePlan({ target, ...gathered }, cluster, { signal });
  if (signal.aborted) return CANCELLED;
  if (!plan.ok) return complain(plan.failure.message);
  if (plan.value.steps.length + plan.value.blockers.length === 0)
    return complain(`No object was found in ${request.files.join(', ')}.`);
  const json = request.format === 'json';
  if (!json) say(printPlan(plan.value));
  else if (request.verb === 'plan') say(exactJson(planJson(plan.value, gathered.texts)));
  const status = plan.value.blockers.length > 0 ? WRONG : isNothing(plan.value) ? 0 : CHANGES;
  if (request.verb === 'plan') return status;
  if (status === WRONG) {
    if (json) say(exactJson({ plan: planJson(plan.value, gathered.texts) }));
    return WRONG;
  }
  const refusal = status === CHANGES ? await unconfirmed(request, plan.value, signal) : undefined;
  if (refusal !== undefined) {
    tell(refusal);
    return signal.aborted ? CANCELLED : REFUSED;
  }
  return apply(request, opened, plan.value, gathered, signal);
}

function isNothing({ steps }: Plan): boolean {
  return steps.every(({ action }) => action === 'unchanged');
}

/** Why the plan does not go out, or undefined when it was confirmed. */
async function unconfirmed({ yes, confirm }: Request, { target }: Plan, signal: AbortSignal): Promise<string | undefined> {
  if (target.protection === 'readOnly') return `Context ${target.context} is read-only. Nothing was applied.`;
  if (target.protection === 'protected' && confirm !== target.context)
    return `Context ${target.context} is protected. Add --confirm ${target.context} if you mean it. Nothing was applied.`;
  if (yes) return undefined;
  if (!process.stdin.isTTY) return 'Nobody is there to confirm. Add --yes. Nothing was applied.';
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`Apply to ${targetName(target)}? [y/N] `, { signal }).catch(() => 'no');
    return /^y(es)?$/i.test(answer.trim()) ? undefined : 'Nothing was applied.';
  } finally {
    terminal.close();
  }
}

async function apply(request: Request, opened: Opened, plan: Plan, gathered: Gathered, signal: AbortSignal): Promise<number> {
  const { cluster, project } = opened;
  if (!cluster) return COULD_NOT_RUN;
  const run = startRun(
    plan,
    { cluster, written: gathered.written, ...(project ? { project } : {}) },
    { stabilityMs: STABILITY_MS },
  );
  const cancel = () => run.cancel();
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  const json = request.format === 'json';
  if (!json) run.onDidChange((event) => event && say(eventLine(event)));
  const summary = await run.done;
  say(json ? exactJson({ plan: planJson(plan, gathered.texts), run: summaryJson(summary) }) : summary.sentence);
  return exitStatusOf(summary.outcome);
}

process.exitCode = await main(process.argv.slice(2));

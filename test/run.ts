/**
 * The project's test run: every step of steps.ts in order, one line each with its duration; stops at the first that failed and prints what it said. The last
 * line is `N passed, N failed`, summed over all steps (a step that counts no tests counts as one).
 *
 * The sandbox is brought up before the first step that needs it and taken down again if this run started it; one named by HYBRID_SANDBOX_ENV is taken as it is. Where it cannot run, the steps that need it are
 * left out with that reason; under CI that is a failure, and so is a test of theirs that skips.
 *
 * usage: run.ts [STEP …]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STEPS, type Step } from './steps.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
/** Exit status of the sandbox on a machine that cannot hold it. */
const CANNOT_HOLD = 69;
const underCi = Boolean(process.env['CI']);
const env = {
  ...process.env,
  NO_COLOR: '1',
  FORCE_COLOR: '0',
  PATH: [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
};

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}
interface Outcome {
  readonly status: number;
  readonly output: string;
}

let running: ChildProcess | undefined;
let startedSandbox = false;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => {
    signal(running, name);
    void takeSandboxDown().finally(() => process.exit(130));
  });

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`No step is called ${unknown.join(', ')}; there are ${STEPS.map(({ name }) => name).join(', ')}.`);
  process.exit(64);
}
const total = await runAll(STEPS.filter(({ name }) => wanted.length === 0 || wanted.includes(name)));
await takeSandboxDown();
if (total.skipped > 0) console.log(`${total.skipped} skipped`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

async function runAll(steps: readonly Step[]): Promise<Count> {
  let sum: Count = { passed: 0, failed: 0, skipped: 0 };
  for (const step of steps) {
    const obstacle = step.sandbox ? await bringSandboxUp() : undefined;
    const count = obstacle === undefined ? await runStep(step) : leftOut(step, obstacle);
    sum = { passed: sum.passed + count.passed, failed: sum.failed + count.failed, skipped: sum.skipped + count.skipped };
    if (count.failed > 0) break;
  }
  return sum;
}

async function runStep(step: Step): Promise<Count> {
  const began = performance.now();
  if (step.shown) console.log(`▸ ${step.name}`);
  const { status, output } = await run(step.command, step.shown);
  const count = verdict(step, status, counted(output));
  if (count.failed > 0 && !step.shown) console.log(output.trimEnd());
  line(step.name, began, `${count.passed} passed${count.failed > 0 ? `, ${count.failed} failed` : ''}`);
  return count;
}

function verdict(step: Step, status: number, count: Count): Count {
  const tested = count.passed + count.failed + count.skipped > 0;
  if (!tested) return status === 0 ? { ...count, passed: 1 } : { ...count, failed: 1 };
  const unaccounted = status !== 0 && count.failed === 0 ? 1 : 0;
  const lies = underCi && step.sandbox ? count.skipped : 0;
  if (lies > 0) console.log(`${lies} tests of ${step.name} skipped; under CI nothing that needs the sandbox may.`);
  return { ...count, failed: count.failed + unaccounted + lies };
}

function leftOut(step: Step, { reason, excused }: Obstacle): Count {
  console.log(`${excused ? '-' : '✗'} ${step.name.padEnd(12)} ${reason}`);
  return { passed: 0, failed: excused ? 0 : 1, skipped: excused ? 1 : 0 };
}

/** Adds up the summaries of node:test (`ℹ pass 3`) and mocha (`3 passing`) in what a step printed. */
function counted(output: string): Count {
  const sum = (pattern: RegExp) => [...output.matchAll(pattern)].reduce((all, [, digits]) => all + Number(digits), 0);
  return {
    passed: sum(/^[ℹ#] pass (\d+)/gmu) + sum(/^ +(\d+) passing\b/gm),
    failed: sum(/^[ℹ#] (?:fail|cancelled) (\d+)/gmu) + sum(/^ +(\d+) failing\b/gm),
    skipped: sum(/^[ℹ#] (?:skipped|todo) (\d+)/gmu) + sum(/^ +(\d+) pending\b/gm),
  };
}

interface Obstacle {
  readonly reason: string;
  /** The machine is not made for it, as against: it should have come up and did not. */
  readonly excused: boolean;
}

/** Answers why there is no sandbox, or undefined once it is up. */
async function bringSandboxUp(): Promise<Obstacle | undefined> {
  if (process.env['HYBRID_SANDBOX_ENV'] || startedSandbox || (await sandbox('status', false)).status === 0) return undefined;
  const began = performance.now();
  console.log('▸ sandbox up');
  startedSandbox = true;
  const { status, output } = await sandbox('up', true);
  line('sandbox up', began, status === 0 ? '' : 'failed');
  if (status === 0) return undefined;
  return { reason: output.trimEnd().split('\n').at(-1) ?? '', excused: status === CANNOT_HOLD && !underCi };
}

async function takeSandboxDown(): Promise<void> {
  if (!startedSandbox) return;
  startedSandbox = false;
  await sandbox('down', false);
}

function sandbox(verb: string, shown: boolean): Promise<Outcome> {
  return run(['node', 'test/sandbox/sandbox.ts', verb], shown);
}

function run([program = '', ...args]: readonly string[], shown = false): Promise<Outcome> {
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  running = child;
  const parts: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => {
      parts.push(part);
      if (shown) process.stdout.write(part);
    });
  return new Promise((ended) => {
    child.on('error', (error) => ended({ status: 127, output: error.message }));
    const end = () => ended({ status: child.exitCode ?? 1, output: Buffer.concat(parts).toString() });
    child.on('close', end);
    // Servers that a step leaves running hold its pipes open.
    child.on('exit', () => setTimeout(end, 2000).unref());
  });
}

/** A step and what it started are one process group. */
function signal(child: ChildProcess | undefined, name: NodeJS.Signals): void {
  try {
    if (child?.pid !== undefined && child.exitCode === null) process.kill(-child.pid, name);
  } catch {
    // It has ended already.
  }
}

function line(name: string, began: number, text: string): void {
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${text.includes('failed') ? '✗' : '✓'} ${name.padEnd(12)} ${seconds.padStart(6)} s  ${text}`.trimEnd());
}

import { setImmediate as turn } from 'node:timers/promises';
import type { Http } from '../base/http.ts';
import { lateHttp } from '../base/lateHttp.ts';
import { type Discovered, discover } from '../deploy/files/discover.ts';
import { ignoredByGit } from '../deploy/files/ignoredByGit.ts';
import { manifestsIn } from '../deploy/files/parsedFile.ts';
import { parseCommandLine, type Request, USAGE } from './commandLine.ts';
import { diskFiles } from './diskFiles.ts';
import { CANCELLED } from './exitStatus.ts';
import { open } from './opened.ts';
import { withStandardInput } from './standardInput.ts';
import { complain, say, tell } from './terminal.ts';
import { terminalPages } from './terminalPages.ts';

/** Does what the arguments say; answers the exit status: 0 is well, 1 could not run, 2 there are changes, 4 nobody confirmed, 5 something is wrong, 130 interrupted. */
export async function main(args: readonly string[]): Promise<number> {
  const request = parseCommandLine(args);
  if (!request.ok) return complain(request.failure.message);
  if (request.value === 'help') {
    say(USAGE);
    return 0;
  }
  const http = lateHttp(async () => (await import('../base/pool.ts')).createHttp(undefined, { proxyEnv: process.env }));
  const stop = new AbortController();
  // `| head` has seen enough.
  process.stdout.on('error', () => stop.abort());
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  try {
    return await carryOut(request.value, http, stop.signal);
  } finally {
    http.dispose();
  }
}

async function carryOut(request: Request, http: Http, signal: AbortSignal): Promise<number> {
  const person = { pages: terminalPages(process.stdin.isTTY && process.stderr.isTTY, tell), signal };
  const { targets } = request;
  if (targets !== undefined) {
    const { deployTargets } = await import('./deployTargets.ts');
    return deployTargets({ ...request, targets }, { http, files: diskFiles, person, output: { say, tell } });
  }
  const opening = open(request, http, person);
  const files = withStandardInput(diskFiles, process.stdin);
  const reading = { references: request.verb === 'check', ignored: ignoredByGit, signal };
  // Files are read while a cloud looks at who signs in.
  const [opened, found] = await Promise.all([
    opening,
    request.files.length === 0 ? noFiles : readAhead(request.files, files, reading),
  ]);
  if (signal.aborted) return CANCELLED;
  if (!opened.ok) return complain(opened.failure.message);
  const run = { found, files, http, person };
  // A verb loads what it needs, and no more.
  if (request.verb === 'check') return (await import('./runCheck.ts')).runCheck(request, opened.value, run);
  const { runDeploy, runUndeploy } = await import('./runDeploy.ts');
  if (request.verb === 'undeploy') return runUndeploy(request, opened.value, signal);
  return runDeploy(request, opened.value, run);
}

async function readAhead(...asked: Parameters<typeof discover>): Promise<Discovered> {
  const discovered = await discover(...asked);
  for (const file of discovered.files) {
    manifestsIn(file);
    await turn();
  }
  return discovered;
}

const noFiles: Discovered = { files: [], notes: [] };

import { readFile } from 'node:fs/promises';
import { failed } from '../base/failure.ts';
import type { Http } from '../base/http.ts';
import type { Discovered } from '../deploy/files/discover.ts';
import type { Files } from '../deploy/files/files.ts';
import { type ClusterCheck, checkCluster, type LookupFor, notListedLines } from '../deploy/live/checkCluster.ts';
import { clusterSchemas } from '../deploy/live/clusterSchemas.ts';
import { foldersOf } from '../deploy/stacks/stackFiles.ts';
import { withStacks } from '../deploy/stacks/stackSet.ts';
import { exactJson } from '../kubernetes/exactJson.ts';
import { unknownReleaseLines } from '../manifest/apiVersions.ts';
import { writeBaseline } from './baseline.ts';
import { boundLookups } from './boundLookups.ts';
import { filesToCheck, reportOn } from './check.ts';
import { hasNewErrors, knownFindings, reportJson, reportLines, reportSummary } from './checkReport.ts';
import type { Request } from './commandLine.ts';
import { CANCELLED, COULD_NOT_RUN, WRONG } from './exitStatus.ts';
import type { Opened, Person } from './opened.ts';
import { openedLookup } from './openedLookup.ts';
import { type GatheredForCheck, gatherBound, withRenderings } from './renderedCheck.ts';
import { sarifLog } from './sarif.ts';
import { complain, say, tell } from './terminal.ts';

/** What a verb works with: the files that were found, how others are read, and who asked. */
export interface ToRun {
  readonly found: Discovered;
  readonly files: Files;
  readonly http: Http;
  readonly person: Person;
}

/** The verb `check`: what was discovered, against the cloud and cluster that were named; answers the exit status. */
export async function runCheck(
  request: Request,
  opened: Opened,
  { found: discovered, files, http, person }: ToRun,
): Promise<number> {
  const { signal } = person;
  const withTheirs = await withStacks(discovered, files, ['.', process.cwd(), ...foldersOf(request.files)]);
  const found = await withRenderings(withTheirs.discovered, request, files);
  const only = await filesToCheck(request, found, process.cwd());
  if (!only.ok) return complain(only.failure.message);
  const isChecked = (file: string) => only.value(file) && withTheirs.isWritten(file);
  const why = request.offline ? '--offline' : 'no --cloud was named';
  const openLookup = boundLookups(opened, found, why, http, person);
  const notes = found.notes.filter(({ file }) => only.value(file));
  const { cluster } = opened;
  const schemas = cluster ? clusterSchemas(cluster, signal) : undefined;
  const asked = { openLookup, schemas, only: isChecked };
  const gathering = await gatherBound({ ...found, notes }, request, asked, signal);
  if (signal.aborted) return CANCELLED;
  if (!gathering.ok) return complain(gathering.failure.message);
  const gathered = { ...gathering.value, blockers: [...gathering.value.blockers, ...withTheirs.set.blockers] };
  const { unchecked, references, paused = 'no answer' } = gathered;
  if (unchecked > 0) tell(`${unchecked} of ${references} references could not be checked: ${paused.replace(/\.+$/, '')}.`);
  const live = request.live ? await checkLive(request, opened, why, signal) : undefined;
  if (signal.aborted) return CANCELLED;
  if (live && !live.ok) return complain(live.failure.message);
  return check(request, opened, { gathered, live: live?.value }, only.value, signal);
}

async function checkLive(request: Request, opened: Opened, why: string, signal: AbortSignal) {
  const { cluster } = opened;
  if (!cluster) return failed('invalid', '--live needs --context.');
  const { namespace, secrets, upgrade } = request;
  // Credentials are Secrets: those of the cluster are looked into only if that was said.
  const readable = secrets ? opened : { ...opened, cluster: undefined };
  const lookupFor: LookupFor = (objects) => openedLookup(readable, async () => objects, why);
  const live = await checkCluster(cluster, lookupFor, {
    signal,
    ...(namespace === undefined ? {} : { namespace }),
    ...(secrets ? { secrets } : {}),
    ...(upgrade === undefined ? {} : { upgrade }),
  });
  if (!live.ok) return live;
  const { objects, kinds, unchecked, references, paused = 'no answer', notListed } = live.value;
  tell(`${objects} objects of ${kinds} kinds on ${cluster.context.name} were checked.`);
  if (unchecked > 0)
    tell(`${unchecked} of ${references} references of live objects could not be checked: ${paused.replace(/\.+$/, '')}.`);
  for (const line of notListedLines(cluster.context.name, notListed)) tell(line);
  return live;
}

async function check(
  request: Request,
  opened: Opened,
  { gathered, live }: { readonly gathered: GatheredForCheck; readonly live: ClusterCheck | undefined },
  only: (file: string) => boolean,
  signal: AbortSignal,
): Promise<number> {
  const startedAt = new Date();
  const troubles = gathered.blockers.map(({ message, place }) =>
    place === undefined || message.includes(place.file) ? message : `${place.file}: ${message}`,
  );
  for (const trouble of troubles) tell(trouble);
  if (request.upgrade) for (const line of unknownReleaseLines(request.upgrade)) tell(line);
  const reported = await reportOn(request, opened, gathered, only, signal, live);
  if (!reported.ok) return complain(reported.failure.message);
  const report = reported.value;
  const unchecked = gathered.unchecked + (live?.unchecked ?? 0);
  const notListed = notListedLines(opened.target?.context ?? '', live?.notListed ?? []);
  const wrong = hasNewErrors(report) || (request.requireLive && unchecked + notListed.length > 0);
  if (request.baseline !== undefined && request.writeBaseline) {
    const written = await writeBaseline(request.baseline, knownFindings(report));
    if (!written.ok) return complain(written.failure.message);
    tell(`${request.baseline} knows ${report.told.length} findings now.`);
    return troubles.length > 0 ? COULD_NOT_RUN : 0;
  }
  const exitCode = troubles.length > 0 ? COULD_NOT_RUN : wrong ? WRONG : 0;
  if (request.format === 'json') say(exactJson(reportJson(report)));
  else if (request.format === 'text') for (const line of reportLines(report)) say(line);
  else {
    const { project, target } = opened;
    const asked = {
      ...(project ? { cloud: project.cloud, project: project.name } : {}),
      ...(target ? { context: target.context, namespace: target.namespace } : {}),
    };
    const run = {
      version: await ownVersion(),
      folder: process.cwd(),
      exitCode,
      startedAt,
      endedAt: new Date(),
      asked: project || target ? asked : { offline: true },
      unchecked,
      troubles: [...troubles, ...notListed],
      severities: request.severities,
      hasBaseline: request.baseline !== undefined,
      texts: gathered.texts,
    };
    say(exactJson(sarifLog(report, run)));
  }
  const summary = reportSummary(report);
  if (summary !== undefined) tell(summary);
  return exitCode;
}

/** From the package.json of this program: two folders up from here, in the sources and when built. */
async function ownVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}

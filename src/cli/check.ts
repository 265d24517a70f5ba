import { type Result, success } from '../base/failure.ts';
import { heatFindings } from '../deploy/files/heatBeside.ts';
import { TEMPLATE } from '../deploy/files/readManifests.ts';
import type { ClusterCheck } from '../deploy/live/checkCluster.ts';
import { upgradeOfTexts } from '../deploy/live/upgradeOfTexts.ts';
import { checkObjects } from '../deploy/plan/plan.ts';
import type { Finding } from '../manifest/finding.ts';
import { missingParts } from '../manifest/missingParts.ts';
import { mergedFindings } from '../render/checkRendering.ts';
import { readBaseline } from './baseline.ts';
import { changedFiles, realPath } from './changedFiles.ts';
import { type CheckReport, checkReport } from './checkReport.ts';
import type { Request } from './commandLine.ts';
import { diskFiles } from './diskFiles.ts';
import type { Opened } from './opened.ts';
import type { GatheredForCheck, ToCheck } from './renderedCheck.ts';

/** Which of the files found are to be checked: all of them, or, with `--since`, those that git says changed. Fails with what git said. */
export async function filesToCheck(
  { since }: Request,
  { files, notes, renderings }: ToCheck,
  cwd: string,
): Promise<Result<(file: string) => boolean>> {
  if (since === undefined) return success(() => true);
  const changed = await changedFiles(since, cwd);
  if (!changed.ok) return changed;
  const places = [...changed.value];
  const meant = new Set<string>();
  for (const { file } of files) if (changed.value.has(await realPath(file, cwd))) meant.add(file);
  for (const { file, blocks } of notes) {
    // what needs a renderer stands for all that is below its folder
    const path = await realPath(file, cwd);
    const folder = blocks ? path.slice(0, path.lastIndexOf('/') + 1) : path;
    if (places.some((place) => place === path || (blocks && place.startsWith(folder)))) meant.add(file);
  }
  for (const { sources } of renderings) {
    // what is rendered is checked as a whole
    const paths = await Promise.all([...sources.keys()].map((file) => realPath(file, cwd)));
    if (paths.some((path) => changed.value.has(path))) for (const file of sources.keys()) meant.add(file);
  }
  return success((file) => meant.has(file));
}

/** What there is to say of what was gathered, and of live objects if they were checked: asks the cluster, if one is open, and hears comments, severities and the baseline. */
export async function reportOn(
  request: Request,
  { cluster, target, project }: Opened,
  gathered: GatheredForCheck,
  only: (file: string) => boolean,
  signal: AbortSignal,
  live?: ClusterCheck,
): Promise<Result<CheckReport>> {
  const baseline = request.baseline === undefined || request.writeBaseline ? success([]) : await readBaseline(request.baseline);
  if (!baseline.ok) return baseline;
  const found = [...gathered.findings];
  if (cluster && target)
    // each rendering is a set of its own: overlays of one base have the same objects
    for (const written of [gathered.written, ...gathered.renderedObjects]) {
      const checked = await checkObjects({ target, written, findings: [] }, cluster, signal);
      if (!checked.ok) return checked;
      found.push(...checked.value);
    }
  const unchecked = gathered.unchecked + (live?.unchecked ?? 0);
  const references = gathered.references + (live?.references ?? 0);
  const asked = {
    files: true,
    cloud: unchecked === 0 && (project !== undefined || references === 0),
    cluster: cluster !== undefined,
  };
  const texts = new Map([...gathered.texts].filter(([file]) => only(file)));
  const ofFiles = mergedFindings(found)
    .filter(({ file }) => only(file))
    .map(quietTemplate);
  const ofUpgrade = request.upgrade === undefined ? [] : upgradeOfTexts(texts, request.upgrade);
  // A version that the cluster does not serve now is told already.
  const told = new Set(
    ofFiles.flatMap(({ file, code, range }) => (code === 'object.unknownKind' ? [`${file} ${range.start}`] : [])),
  );
  const ofParts = missingParts(gathered.manifests, target?.namespace ?? '', ({ file }) => only(file)).filter(
    // With a cluster, keys are looked for in what is there, too.
    ({ code }) => cluster === undefined || code !== 'object.missingKey',
  );
  const ofHeat = (await heatFindings(gathered.manifests, diskFiles)).filter(({ file }) => only(file));
  const news = ofUpgrade.filter(({ file, range }) => !told.has(`${file} ${range.start}`));
  return success(
    checkReport({
      findings: [...ofFiles, ...ofParts, ...ofHeat, ...news, ...(live?.findings ?? [])],
      texts: new Map([...texts, ...(live?.texts ?? [])]),
      asked,
      severities: request.severities,
      baseline: baseline.value,
    }),
  );
}

/** A template cannot be deployed; in a check it is only a place that could not be looked into. */
function quietTemplate(finding: Finding): Finding {
  return finding.code === TEMPLATE ? { ...finding, severity: 'information' } : finding;
}

import type { Result } from '../base/failure.ts';
import type { Http } from '../base/http.ts';
import type { WrittenCheck } from '../deploy/checks/readChecks.ts';
import type { Discovered } from '../deploy/files/discover.ts';
import type { Files } from '../deploy/files/files.ts';
import { type GatheredDeploy, gatherDeploy } from '../render/gatherDeploy.ts';
import { boundLookups } from './boundLookups.ts';
import type { Opened, Person } from './opened.ts';

/** What is read for a deploy, and with what. */
export interface ToRead {
  readonly found: Discovered;
  /** The files and folders that it was found in. */
  readonly paths: readonly string[];
  readonly values: readonly string[];
  readonly files: Files;
  /** Checks that stand in the file of targets. */
  readonly checks?: readonly WrittenCheck[];
}

/** Reads what was discovered for a deploy to what is open, kustomizations and charts rendered, and checks it against the cloud that was named. Fails when the cloud cannot be opened. */
export async function readForDeploy(
  { found, paths, values, files, checks }: ToRead,
  opened: Opened,
  http: Http,
  person: Person,
): Promise<Result<GatheredDeploy>> {
  return await gatherDeploy(found, {
    paths,
    checks,
    files,
    within: ['.', process.cwd()],
    cluster: opened.cluster,
    namespace: opened.target?.namespace ?? 'default',
    valuesFor: async () => values,
    openLookup: (found) => boundLookups(opened, { ...found, renderings: [] }, 'no --cloud was named', http, person)(undefined),
    signal: person.signal,
  });
}

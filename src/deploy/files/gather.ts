import { checkManifests } from '../../manifest/check.ts';
import type { Finding } from '../../manifest/finding.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import type { ResourceLookup } from '../../manifest/resourceLookup.ts';
import type { KindName, SchemasOf } from '../../manifest/schema/structure.ts';
import type { Blocker } from '../types.ts';
import type { Discovered } from './discover.ts';
import { readManifests } from './readManifests.ts';
import type { Written } from './written.ts';

/** What the files of a deploy hold, checked as the editor checks it. */
export interface Gathered {
  readonly written: readonly Written[];
  readonly manifests: readonly Manifest[];
  readonly findings: readonly Finding[];
  /** What cannot be deployed as it stands: what needs a renderer, files that cannot be read. */
  readonly blockers: readonly Blocker[];
  /** References to OpenStack resources: how many there are, how many nobody could check, and why. */
  readonly references: number;
  readonly unchecked: number;
  readonly paused?: string;
  /** The text of each file, as it was read. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Reads what was discovered and checks its references in one call of the lookup. Whatever is wrong becomes a finding or a blocker; a note that blocks nothing is a finding for the reader.
 * `only` says which files are checked; the others count for what they bring about. `schemas` asks a cluster for the schemas of the kinds that are checked.
 */
export async function gather(
  { files, notes }: Discovered,
  lookup: ResourceLookup,
  signal?: AbortSignal,
  only: (file: string) => boolean = () => true,
  schemas?: (kinds: readonly KindName[]) => Promise<SchemasOf>,
): Promise<Gathered> {
  const read = files.map(readManifests);
  const manifests = read.flatMap((one) => one.manifests);
  const [meant = [], besides = []] = [true, false].map((is) => manifests.filter(({ file }) => only(file) === is));
  const published = await schemas?.(meant.flatMap(({ apiVersion, kind }) => (apiVersion && kind ? [{ apiVersion, kind }] : [])));
  const checked = await checkManifests(meant, lookup, signal, besides, published);
  const told = notes
    .filter(({ blocks }) => !blocks)
    .map(({ file, message }): Finding => ({ ...start(file), severity: 'information', code: 'deploy.passedOver', message }));
  const missed = notes
    .filter(({ blocks }) => blocks)
    .map(({ file, message }): Blocker => ({ message, place: { ...start(file), line: 1 } }));
  return {
    written: read.flatMap(({ written }) => written),
    manifests,
    findings: [...told, ...checked.findings, ...read.flatMap(({ findings }) => findings.filter(({ file }) => only(file)))],
    blockers: missed,
    references: checked.references,
    unchecked: checked.unknown,
    ...(checked.paused === undefined ? {} : { paused: checked.paused }),
    texts: new Map(files.map(({ file, text }) => [file, text])),
  };
}

function start(file: string): Pick<Finding, 'file' | 'range'> {
  return { file, range: { start: 0, end: 0 } };
}

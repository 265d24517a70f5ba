import { type Result, success } from '../base/failure.ts';
import { field } from '../base/fields.ts';
import type { Discovered } from '../deploy/files/discover.ts';
import { fileName } from '../deploy/files/fileName.ts';
import type { Files } from '../deploy/files/files.ts';
import { type Gathered, gather } from '../deploy/files/gather.ts';
import type { Written } from '../deploy/files/written.ts';
import { differingPaths } from '../deploy/plan/keepRandom.ts';
import { isOtherHelmHook } from '../deploy/plan/orderOfOthers.ts';
import type { Blocker } from '../deploy/types.ts';
import type { Finding } from '../manifest/finding.ts';
import { LineIndex } from '../manifest/lineIndex.ts';
import { type Manifest, parseManifests } from '../manifest/manifest.ts';
import type { ResourceLookup } from '../manifest/resourceLookup.ts';
import { familyOf } from '../manifest/severities.ts';
import { checkRendering, creatingManifests, type RenderedCheck } from './checkRendering.ts';
import { blockerAt, Decryption, decryptedManifests, nothing, openly, type Reading } from './decrypted.ts';
import { isRendered, renderingsFor } from './renderedFolders.ts';
import { type Release, type Renderers, releaseRenderers } from './renderers.ts';
import type { Rendering } from './rendering.ts';
import { type Decrypt, installedSops, mergedValues } from './sops.ts';
import { writtenOf } from './writtenOf.ts';

/** How what was discovered is read for a deploy. */
export interface ReadOptions {
  readonly lookup: ResourceLookup;
  readonly files: Files;
  /** Values files for charts, in the order in which they count. */
  readonly values?: readonly string[];
  readonly release: Omit<Release, 'valuesText'>;
  /** The programs; a test hands over what they printed. */
  readonly renderers?: (release: Release) => Renderers;
  readonly decrypt?: Decrypt;
  /** Whether a file has text that is not on the disk yet, where the programs read. */
  readonly isUnsaved?: (file: string) => boolean;
  /** Says which files are checked, see {@link gather}. */
  readonly only?: (file: string) => boolean;
  readonly signal?: AbortSignal;
}

/**
 * Reads what was discovered for a deploy, as {@link gather} does, and with it what is rendered first: kustomizations and charts become objects whose fields have their places in the sources, and
 * what SOPS encrypted is decrypted by the user's own `sops`, in memory. A chart is rendered twice: where the two differ it draws at random. What cannot be rendered or decrypted blocks, each
 * with its reason.
 */
export async function gatherRendered(found: Discovered, options: ReadOptions): Promise<Gathered> {
  const { lookup, files, values = [], only, signal } = options;
  const { renderings, blockers } = await renderingsFor(found.notes, files, values);
  // What something is rendered of is deployed as that and not by itself.
  const covered = new Set(renderings.flatMap(({ sources }) => [...sources.keys()]));
  const plain = {
    files: found.files.filter(({ file }) => !covered.has(file)),
    notes: found.notes.filter(({ file, blocks }) => !blocks || !isRendered(file)),
  };
  const gathered = await gather(plain, lookup, signal, only);
  const decryption = new Decryption(options.decrypt ?? installedSops, signal);
  const { readings, instead } = await decryptedManifests(gathered, decryption);
  const rendered: Reading[] = [];
  const besides = creatingManifests(renderings, gathered.manifests);
  for (const rendering of renderings) rendered.push(await readRendering(rendering, decryption, besides, options));
  const own = { ...gathered, findings: gathered.findings.filter((one) => !instead.has(one)) };
  const all = added([own, ...readings, ...rendered]);
  const texts = new Map([...gathered.texts, ...renderings.flatMap(({ sources }) => [...sources])]);
  return { ...gathered, ...all, blockers: [...all.blockers, ...blockers], texts };
}

async function readRendering(
  rendering: Rendering,
  decryption: Decryption,
  besides: readonly Manifest[],
  options: ReadOptions,
): Promise<Reading> {
  const { lookup, files, release, renderers = releaseRenderers, signal, isUnsaved } = options;
  const unsaved = [...rendering.sources.keys()].find((file) => isUnsaved?.(file));
  if (unsaved !== undefined)
    return {
      ...nothing,
      blockers: [
        blockerAt(unsaved, `${fileName(unsaved)} is not saved, and ${rendering.name} is rendered from the disk. Save it first.`),
      ],
    };
  const texts = [...rendering.sources].filter(([file]) => rendering.kind !== 'helm' || (options.values ?? []).includes(file));
  const values = await decryption.of(texts);
  if (!values.ok)
    return { ...nothing, blockers: [blockerAt(values.failure.at?.file ?? rendering.entry, values.failure.message)] };
  const valuesText = async (named: readonly string[]): Promise<Result<string | undefined>> => {
    if (values.value.size === 0) return success(undefined);
    const read = await Promise.all(named.map((file) => files.read(file)));
    const bad = read.find((one) => !one.ok);
    return bad && !bad.ok
      ? bad
      : success(
          mergedValues(
            read.map((one) => (one.ok ? one.value : '')),
            values.value,
          ),
        );
  };
  const programs = renderers({ ...release, valuesText });
  const [checked, again] = await Promise.all([
    checkRendering(rendering, programs, { lookup, besides }, signal),
    rendering.kind === 'helm' ? rendering.render(programs, signal) : undefined,
  ]);
  if (!checked.isRendered) {
    const why = again ?? (await rendering.render(programs, signal));
    const message = `${rendering.name} cannot be rendered. ${why.ok ? 'Deploy again.' : why.failure.message}`;
    const findings = checked.findings.filter(({ code }) => familyOf(code) !== 'render');
    return { ...nothing, findings, blockers: [blockerAt(rendering.entry, message)] };
  }
  const second = again?.ok ? objectsIn(rendering.entry, again.value.text) : [];
  const kept = withoutHooks(writtenOf(checked).map(withoutOrigin), rendering);
  const charted = rendering.kind === 'helm' ? ofChart(kept, rendering.places.at(-1) ?? rendering.name, second) : kept;
  const open = openly(charted.written, values.value);
  return {
    written: open.written,
    findings: [...checked.findings.map((one) => rating(one, rendering)), ...charted.findings, ...open.findings],
    blockers: checked.unread.map((one) => unreadBlocker(one, rendering)),
    references: checked.references,
    unchecked: checked.unknown,
    ...(checked.paused === undefined ? {} : { paused: checked.paused }),
  };
}

function unreadBlocker({ message, file, range }: RenderedCheck['unread'][number], { sources }: Rendering): Blocker {
  const line = new LineIndex(sources.get(file) ?? '').positionAt(range.start).line + 1;
  return { message, place: { file, range, line } };
}

function objectsIn(entry: string, text: string): readonly unknown[] {
  return parseManifests(entry, text).flatMap((manifest) => {
    const object = manifest.toJson();
    return object.ok ? [object.value] : [];
  });
}

const identityOf = (object: unknown) =>
  JSON.stringify(
    [['apiVersion'], ['kind'], ['metadata', 'namespace'], ['metadata', 'name']].map((path) => field(object, ...path)),
  );

/** Objects of a chart with the fields that it draws at random, which come out otherwise the second time; one that is not there then has a name that is another one each time. */
function ofChart(
  kept: Pick<Reading, 'written' | 'findings'>,
  folder: string,
  second: readonly unknown[],
): Pick<Reading, 'written' | 'findings'> {
  const twins = new Map(second.map((object) => [identityOf(object), object]));
  const findings = [...kept.findings];
  const written = kept.written.map((one): Written => {
    const twin = twins.get(identityOf(one.object));
    if (twin !== undefined) return { ...one, chart: { folder, random: differingPaths(one.object, twin) } };
    if (second.length > 0) findings.push(randomName(one, folder));
    return { ...one, chart: { folder, random: [] } };
  });
  return { written, findings };
}

function randomName({ object: { kind, metadata }, placeOf }: Written, folder: string): Finding {
  const { file, range } = placeOf(['metadata', 'name']);
  const message = `${kind} ${metadata.name}: chart ${fileName(folder)} draws the name at random, so each deploy makes another one and leaves this one behind.`;
  return { file, range, severity: 'warning', code: 'object.randomName', message };
}

/** Kustomize was asked to say where objects come from; that is for us and no part of them. */
function withoutOrigin(one: Written): Written {
  const { annotations, ...metadata } = one.object.metadata;
  if (annotations?.[ORIGIN] === undefined) return one;
  const { [ORIGIN]: _, ...rest } = annotations;
  const kept = Object.keys(rest).length > 0 ? { annotations: rest } : {};
  return { ...one, object: { ...one.object, metadata: { ...metadata, ...kept } } };
}

const ORIGIN = 'config.kubernetes.io/origin';

/** Without hooks that are not for what a deploy does. Source: Helm, "Chart Hooks". */
function withoutHooks(written: readonly Written[], { kind, entry }: Rendering): Pick<Reading, 'written' | 'findings'> {
  const hooksOf = ({ object }: Written) => object.metadata.annotations?.['helm.sh/hook'];
  const isLeftOut = ({ object }: Written) => kind === 'helm' && isOtherHelmHook(object);
  const left = written.filter(isLeftOut);
  const names = left.map((one) => `${one.object.kind} ${one.object.metadata.name} (${hooksOf(one)})`);
  const message = `Left out, since ${left.length === 1 ? 'it is a hook' : 'they are hooks'} for other occasions: ${names.join(', ')}.`;
  const note = {
    file: entry,
    range: { start: 0, end: 0 },
    severity: 'information',
    code: 'render.hookLeftOut',
    message,
  } as const;
  return { written: written.filter((one) => !isLeftOut(one)), findings: left.length > 0 ? [note] : [] };
}

/** What somebody else's chart writes that no schema knows is no mistake of the user's. */
function rating(finding: Finding, { kind }: Rendering): Finding {
  const isUnknownField = kind === 'helm' && familyOf(finding.code) === 'schema' && finding.severity === 'error';
  return isUnknownField ? { ...finding, severity: 'warning' } : finding;
}

function added(readings: readonly Reading[]): Reading {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  const paused = readings.find((one) => one.paused !== undefined)?.paused;
  return {
    written: readings.flatMap(({ written }) => written),
    findings: readings.flatMap(({ findings }) => findings),
    blockers: readings.flatMap(({ blockers }) => blockers),
    references: sum(readings.map(({ references }) => references)),
    unchecked: sum(readings.map(({ unchecked }) => unchecked)),
    ...(paused === undefined ? {} : { paused }),
  };
}

import { posix } from 'node:path';
import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { isFields } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { LineIndex } from '../../manifest/lineIndex.ts';
import type { Discovered } from '../files/discover.ts';
import { fileName } from '../files/fileName.ts';
import type { Files } from '../files/files.ts';
import { readDuration } from '../readiness/patience.ts';
import type { Blocker, Place } from '../types.ts';
import type { Check, CheckKind, JobFile } from './check.ts';
import { checkRows } from './checkRows.ts';

/** Checks that were read, and what is wrong with others: a check that is mistyped would pass for ever. */
export interface ReadChecks {
  readonly checks: readonly Check[];
  readonly blockers: readonly Blocker[];
  /** The manifests of Jobs among them: they are made by their check, and not deployed beside. */
  readonly jobs: ReadonlySet<string>;
}

/** One entry of a list of checks, as it stands in its file. */
export interface WrittenCheck {
  readonly value: unknown;
  readonly place: Place;
}

const KINDS = Object.keys(checkRows) as CheckKind[];

/** Whether a file holds checks by its name: `checks.yaml`, `shop.checks.yaml`. */
export function isChecksFile(file: string): boolean {
  return /(?:^|[/.])checks\.ya?ml$/.test(file);
}

/** The checks that stand beside what is deployed: in files of that name directly in folders among the places. */
export async function checksBeside(places: readonly string[], files: Files): Promise<ReadChecks> {
  const found = await Promise.all(places.map((place) => checksFilesAt(place.replace(/(?<=.)\/+$/, ''), files)));
  const written: WrittenCheck[] = [];
  const blockers: Blocker[] = [];
  for (const file of new Set(found.flat())) {
    const text = await files.read(file);
    if (!text.ok) blockers.push({ message: text.failure.message, place: placeAt(file, new LineIndex('')) });
    else {
      const list = checksIn(file, text.value);
      if (Array.isArray(list)) written.push(...list);
      else blockers.push(list as Blocker);
    }
  }
  const read = await readChecks(written, files);
  return { ...read, blockers: [...blockers, ...read.blockers] };
}

async function checksFilesAt(place: string, files: Files): Promise<readonly string[]> {
  const facts = await files.facts(place);
  if (!facts.ok || facts.value.type !== 'folder') return [];
  const listed = await files.list(place);
  const names = (listed.ok ? listed.value : []).filter(({ name, type }) => type === 'file' && isChecksFile(name));
  return names.map(({ name }) => `${place}/${name}`);
}

function checksIn(file: string, text: string): readonly WrittenCheck[] | Blocker {
  const lines = new LineIndex(text);
  const tree = parseDocument(text, { uniqueKeys: true });
  const [error] = tree.errors;
  if (error) return blockerOf(error.message.split('\n', 1)[0] ?? 'this is no YAML', placeAt(file, lines, error.pos[0]));
  const { contents } = tree;
  const list = isMap(contents) ? contents.get('checks', true) : undefined;
  const strange = isMap(contents) ? contents.items.find(({ key }) => !isScalar(key) || key.value !== 'checks') : undefined;
  if (!isSeq<Node>(list) || strange)
    return blockerOf('a file of checks has a key checks with a list, and no other', placeAt(file, lines));
  return writtenChecks(file, lines, list.items);
}

/** The entries of a list of checks. */
export function writtenChecks(file: string, lines: LineIndex, items: readonly Node[]): readonly WrittenCheck[] {
  return items.map((item) => ({
    value: item.toJSON() as unknown,
    place: placeAt(file, lines, item.range?.[0], item.range?.[1]),
  }));
}

function placeAt(file: string, lines: LineIndex, start = 0, end = start): Place {
  return { file, range: { start, end }, line: lines.positionAt(start).line + 1 };
}

const blockerOf = (message: string, place: Place): Blocker => ({ message: `${message.replace(/\.?$/, '.')}`, place });

/** Reads entries as their rows want them. The manifest of a Job counts from the file that names it. */
export async function readChecks(written: readonly WrittenCheck[], files: Files): Promise<ReadChecks> {
  const checks: Check[] = [];
  const blockers: Blocker[] = [];
  for (const { value, place } of written) {
    const check = await readCheckAt(value, place, files);
    if (typeof check === 'string') blockers.push(blockerOf(check, place));
    else if (checks.some(({ key }) => key === check.key)) blockers.push(blockerOf(`${check.key} is written twice`, place));
    else checks.push(check);
  }
  return { checks, blockers, jobs: new Set(checks.flatMap((check) => (check.kind === 'job' ? [check.spec.file] : []))) };
}

async function readCheckAt(value: unknown, place: Place, files: Files): Promise<Check | string> {
  const fields = isFields(value) ? value : {};
  const kinds = KINDS.filter((kind) => kind in fields);
  const [kind] = kinds;
  if (!kind || kinds.length > 1) return `a check has one of the keys ${KINDS.join(', ')}`;
  const { [kind]: subject, within, ...more } = fields;
  const row = checkRows[kind];
  if (typeof subject !== 'string' || subject === '') return `check ${kind} wants a name`;
  const strange = Object.keys(more).find((key) => !row.keys.includes(key));
  const known = [...row.keys, 'within'].join(', ');
  if (strange !== undefined) return `check ${kind} ${subject}: ${strange} means nothing here; known are ${known}`;
  const withinMs = within === undefined ? row.withinMs : typeof within === 'string' ? readDuration(within) : undefined;
  if (!withinMs) return `check ${kind} ${subject} wants a time such as 90s or 5m in within`;
  const check = await specOf(kind, subject, more, { withinMs, place }, files);
  return typeof check === 'string' ? `check ${kind} ${subject} ${check}` : check;
}

async function specOf<K extends CheckKind>(
  kind: K,
  subject: string,
  fields: Readonly<Record<string, unknown>>,
  more: Pick<Check, 'withinMs' | 'place'>,
  files: Files,
): Promise<Check | string> {
  const row = checkRows[kind];
  const spec = await row.read(subject, fields, (path) => readJob(beside(more.place.file, path), files));
  if (typeof spec === 'string') return spec;
  return { ...more, kind, spec, key: `check ${kind} ${row.title(spec)}` } as Check;
}

async function readJob(file: string, files: Files): Promise<JobFile> {
  const text = await files.read(file);
  if (!text.ok) return `names a file that cannot be read: ${text.failure.message}`;
  const tree = parseDocument(text.value);
  const object = tree.errors.length === 0 ? (tree.toJSON() as Partial<KubeObject> | null) : undefined;
  if (object?.apiVersion !== 'batch/v1' || object.kind !== 'Job' || typeof object.metadata?.name !== 'string')
    return `wants a manifest of one Job (batch/v1) with a name in ${fileName(file)}`;
  return { file, job: object as KubeObject };
}

/** `file` as its neighbour names it. */
function beside(neighbour: string, file: string): string {
  if (posix.isAbsolute(file) || !neighbour.includes('/')) return file;
  return posix.join(neighbour.slice(0, neighbour.lastIndexOf('/')), file);
}

/** What was discovered without the Jobs of the checks that were read, and what all of these come to. */
export function withChecks(found: Discovered, read: readonly ReadChecks[]) {
  const jobs = new Set(read.flatMap((one) => [...one.jobs]));
  return {
    discovered: { ...found, files: found.files.filter(({ file }) => !jobs.has(file)) },
    checks: read.flatMap(({ checks }) => checks),
    blockers: read.flatMap(({ blockers }) => blockers),
  };
}

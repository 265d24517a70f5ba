import { type Failure, failed, type Result, success } from '../base/failure.ts';
import { isFields, type Path, sameJson } from '../base/fields.ts';
import { withoutCopies } from '../base/objectCopy.ts';
import type { Cluster, KubeObject, ObjectRef } from '../kubernetes/cluster.ts';
import { pathOf } from '../kubernetes/discovery.ts';
import { exactJson } from '../kubernetes/exactJson.ts';
import { objectName } from '../kubernetes/objectActions.ts';
import { readManifests } from './files/readManifests.ts';
import type { Written } from './files/written.ts';
import { type Change, changesBetween, comparable, describeChanges } from './plan/diff.ts';
import { FIELD_MANAGER } from './plan/dryRun.ts';
import { mergePatch, patched } from './plan/mergePatch.ts';
import { refOf } from './plan/prepare.ts';
import { conflictsOf, readRefusal } from './plan/refusal.ts';
import { sanitize } from './plan/sanitize.ts';
import { agreedApply } from './run/agreedApply.ts';
import type { FieldConflict } from './types.ts';

/** Stands for a value of a Secret in an edited text; left as it is, the value stays. */
export const MASK = '***';

/** What saving an edited object would do. A value: what is shown is what is sent. */
export interface Edit {
  readonly ref: ObjectRef;
  /** Before and after, whole; shown as {@link comparable}. */
  readonly live: KubeObject;
  readonly result: KubeObject;
  /** What is sent: an apply of the whole object, or a merge patch where something is taken away that another manager wrote, which an apply would leave. */
  readonly send: { readonly apply: KubeObject } | { readonly patch: unknown };
  /** Fields that other managers hold and that this takes from them: only after the user said so. */
  readonly conflicts: readonly FieldConflict[];
  /** What an apply would have left, by name; taken away by the patch. */
  readonly removes: readonly string[];
  /** What somebody else changed since the object was opened. */
  readonly meanwhile: string | undefined;
  readonly warnings: readonly string[];
}

/** What is edited of an object: all but what only the server writes. Values of a Secret are masked. */
export function editable(object: KubeObject): KubeObject {
  const own = bare(object);
  if (!isSecret(own)) return own;
  const { annotations } = own.metadata;
  const masked = annotations
    ? { ...own, metadata: { ...own.metadata, annotations: withoutCopies(annotations, () => MASK) } }
    : own;
  return withData(masked, () => MASK);
}

/**
 * Asks the server what saving an edited text would do to an object. `opened` is the object as it was when the text was made: what others changed since is kept, and told. Undefined
 * if nothing would change. Fails with `invalid`, and the line where it is known in `at`, when the text is no such object or the server refuses it; as `get` and `apply` fail.
 */
export async function planEdit(
  cluster: Cluster,
  edited: { readonly ref: ObjectRef; readonly opened: KubeObject; readonly file: string; readonly text: string },
  signal?: AbortSignal,
): Promise<Result<Edit | undefined>> {
  const written = readOne(edited);
  if (!written.ok) return written;
  const got = await cluster.get(edited.ref, signal);
  if (!got.ok) return got;
  const live = got.value;
  const { opened } = edited;
  if (opened.metadata.uid !== live.metadata.uid)
    return failed('conflict', `${objectName(edited.ref)} was deleted and made anew since it was opened. Open it again.`);
  const before = bare(live);
  const meanwhile = changesBetween(bare(opened), before);
  const own = unmasked(sanitize(written.value.object).object, bare(opened));
  // What others changed meanwhile stays: only what was edited is carried over.
  const wanted = meanwhile.length === 0 ? own : (patched(before, mergePatch(bare(opened), own) ?? {}) as KubeObject);
  if (sameJson(before, wanted)) return success(undefined);
  const asked = await ask(cluster, { ref: edited.ref, live, before, wanted }, signal);
  if (!asked.ok) return { ok: false, failure: explained(asked.failure, wanted, written.value) };
  const told = meanwhile.length === 0 ? undefined : describeChanges(changesBetween(comparable(opened), comparable(live)));
  return success({ ...asked.value, meanwhile: told });
}

/** Sends what was planned. Fails with `conflict` when the object is not the one any more, or somebody took a field in between. */
export async function applyEdit(
  cluster: Cluster,
  { ref, send, conflicts }: Edit,
  signal?: AbortSignal,
): Promise<Result<KubeObject>> {
  if ('patch' in send) return sendPatch(cluster, ref, send.patch, { dryRun: false, signal });
  const applied = await agreedApply(cluster, send.apply, { agreed: conflicts, signal });
  return applied.ok ? success(applied.value.object) : applied;
}

interface Wish {
  readonly ref: ObjectRef;
  readonly live: KubeObject;
  /** The two sides without what the server writes. */
  readonly before: KubeObject;
  readonly wanted: KubeObject;
}

/** The dry runs: an apply; with force where others own a field, to learn what it would be; a patch where an apply leaves what was taken away. */
async function ask(cluster: Cluster, wish: Wish, signal: AbortSignal | undefined): Promise<Result<Edit>> {
  const { ref, live, wanted } = wish;
  const options = { dryRun: true, ...(signal && { signal }) };
  // Its uid keeps an object that was deleted meanwhile from being made anew.
  const object = { ...wanted, metadata: { ...wanted.metadata, uid: live.metadata.uid } } as KubeObject;
  const first = await cluster.apply(object, options);
  const conflicts =
    !first.ok && readRefusal(first.failure, object)?.action === 'conflict' ? conflictsOf(first.failure, object, live) : [];
  const force = conflicts.length > 0;
  const applied = force ? await cluster.apply(object, { ...options, force }) : first;
  const left = applied.ok ? leftOver(wish, applied.value.object) : removed(wish);
  if (left.length > 0) {
    const patch = { ...(mergePatch(wish.before, wanted) as object) };
    const whole = { ...patch, metadata: { ...Reflect.get(patch, 'metadata'), uid: live.metadata.uid } };
    const result = await sendPatch(cluster, ref, whole, { dryRun: true, signal });
    // A default that comes back in any case is nobody's to take away.
    if (result.ok && (!applied.ok || leftOver(wish, result.value).length < left.length)) {
      const removes = left.map(({ path }) => path.join('.'));
      return success({ ref, live, result: result.value, send: { patch: whole }, conflicts, removes, ...quiet });
    }
  }
  if (!applied.ok) return applied;
  const { object: result, warnings } = applied.value;
  return success({ ref, live, result, send: { apply: object }, conflicts, removes: [], meanwhile: undefined, warnings });
}

const quiet = { meanwhile: undefined, warnings: [] } as const;

/** What was taken away or replaced and is still as it was in the server's answer. Defaults that the server adds do not count. */
function leftOver({ before, wanted }: Wish, result: KubeObject): readonly Change[] {
  const gone = changesBetween(before, wanted);
  return changesBetween(bare(result), wanted).filter(({ path, after }) =>
    after === undefined
      ? gone.some((change) => change.after === undefined && begins(path, change.path))
      : gone.some((change) => begins(change.path, path)),
  );
}

const removed = ({ before, wanted }: Wish) =>
  changesBetween(before, wanted).filter(({ after }) => after === undefined || Array.isArray(after));

const begins = (path: Path, start: Path) => start.every((step, at) => path[at] === step);

async function sendPatch(
  cluster: Cluster,
  ref: ObjectRef,
  patch: unknown,
  { dryRun, signal }: { readonly dryRun: boolean; readonly signal: AbortSignal | undefined },
): Promise<Result<KubeObject>> {
  const kind = await cluster.kind(ref.apiVersion, ref.kind);
  const path = kind.ok ? pathOf(kind.value, ref.namespace, ref.name) : kind;
  if (!path.ok) return path;
  const query = `fieldManager=${FIELD_MANAGER}&fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`;
  const body = exactJson(patch);
  const contentType = 'application/merge-patch+json';
  const answer = await cluster.raw(`${path.value}?${query}`, { method: 'PATCH', body, contentType, ...(signal && { signal }) });
  return answer.ok ? success(JSON.parse(answer.value) as KubeObject) : answer;
}

/** The one object of an edited text. What names it cannot be changed. */
function readOne({
  ref,
  file,
  text,
}: {
  readonly ref: ObjectRef;
  readonly file: string;
  readonly text: string;
}): Result<Written> {
  const read = readManifests({ file, text });
  const finding = [...read.manifests.flatMap(({ findings }) => findings), ...read.findings].find(
    ({ severity }) => severity === 'error',
  );
  if (finding) {
    const line = text.slice(0, finding.range.start).split('\n').length;
    return failed('invalid', `Line ${line}: ${finding.message}`, { at: { file, line } });
  }
  const [written] = read.written;
  if (!written || read.written.length > 1)
    return failed('invalid', `The text must hold one object: ${objectName(ref)}. It holds ${read.written.length}.`);
  const now = refOf(written.object);
  const other = (['apiVersion', 'kind', 'namespace', 'name'] as const).find((part) => now[part] !== ref[part]);
  if (other === undefined) return success(written);
  const field = other === 'name' || other === 'namespace' ? `metadata.${other}` : other;
  const { line } = written.placeOf(field.split('.'));
  return failed(
    'invalid',
    `Line ${line}: ${field} names the object and cannot be changed (it is ${ref[other] ?? 'none'}). To make another one, use Apply Deploy.`,
    { at: { file, line } },
  );
}

/** A refusal at the line of the field it is about. */
function explained(failure: Failure, wanted: KubeObject, written: Written): Failure {
  const refusal = readRefusal(failure, wanted);
  if (!refusal) return failure;
  const { line, file } = written.placeOf(refusal.paths[0] ?? []);
  const what = refusal.action === 'recreate' ? ' Only a new object can have it.' : '';
  const message = `Line ${line}: ${refusal.reason}.${what}`;
  return { ...failure, reason: refusal.action === 'forbidden' ? 'forbidden' : 'invalid', message, at: { file, line } };
}

/** Without what only the server writes. */
function bare(object: KubeObject): KubeObject {
  const { annotations, ...metadata } = sanitize(object).object.metadata;
  const kept = annotations && Object.keys(annotations).length > 0 ? { annotations } : {};
  return { ...sanitize(object).object, metadata: { ...metadata, ...kept } } as KubeObject;
}

const isSecret = ({ apiVersion, kind }: KubeObject) => apiVersion === 'v1' && kind === 'Secret';

function withData(secret: KubeObject, value: (key: string, value: unknown) => unknown): KubeObject {
  const { data } = secret;
  if (!isFields(data)) return secret;
  return { ...secret, data: Object.fromEntries(Object.entries(data).map(([key, one]) => [key, value(key, one)])) };
}

/** Masks become the values again that they stand for. */
function unmasked(object: KubeObject, opened: KubeObject): KubeObject {
  if (!isSecret(object)) return object;
  const { data, metadata } = opened;
  const { annotations } = object.metadata;
  const known = metadata.annotations ?? {};
  const copies =
    annotations &&
    Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key, value === MASK ? (known[key] ?? value) : value]));
  const whole = copies ? { ...object, metadata: { ...object.metadata, annotations: copies } } : object;
  return isFields(data) ? withData(whole, (key, value) => (value === MASK ? data[key] : value)) : whole;
}

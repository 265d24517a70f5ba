import { createHash } from 'node:crypto';
import { type Path, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { exactJson } from '../../kubernetes/exactJson.ts';
import { groupKind, titleOf } from '../../kubernetes/objectKey.ts';
import { referencesOf } from '../../kubernetes/objectReferences.ts';
import type { Finding } from '../../manifest/finding.ts';
import { fileName } from '../files/fileName.ts';
import type { Written } from '../files/written.ts';
import { isClusterTemplate } from '../removal/keep.ts';
import type { Plan } from '../types.ts';
import { refOf } from './prepare.ts';

/** Documents in which changed templates have another name, and what is told of it. */
export interface Cloned {
  readonly written: readonly Written[];
  readonly notes: readonly Finding[];
}

/**
 * Templates of Cluster API cannot be changed, and are not made anew: machines are compared with the one they were made from. A changed one becomes another, named after what it holds, and
 * whatever of this deploy names the old one names the new one: that is what makes Cluster API roll its machines (Cluster API book, "Updating Machine Infrastructure and Bootstrap
 * Templates"). The old one stays until nothing names it. Undefined when the plan has no such template.
 */
export function clonedTemplates({ steps, target }: Plan, written: readonly Written[]): Cloned | undefined {
  const changed = steps.filter(({ action, object }) => action === 'recreate' && isClusterTemplate(object));
  if (changed.length === 0) return undefined;
  const names = new Map(changed.map(({ object }) => [nameKey(groupKind(object), object.metadata), cloneName(object)]));
  const placed = ({ object }: Written) => ({
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? target.namespace,
  });
  const notes: Finding[] = [];
  const renamed = written.map((one): Written => {
    const { object } = one;
    const name = names.get(nameKey(groupKind(object), placed(one)));
    const next =
      name === undefined ? repointed(object, target.namespace, names) : { ...object, metadata: { ...object.metadata, name } };
    if (name !== undefined) notes.push(noteOf(one, name));
    return next === object ? one : { object: next, source: one.source, placeOf: (path: Path) => one.placeOf(path) };
  });
  return { written: renamed, notes };
}

function noteOf(one: Written, name: string): Finding {
  const { file, range, line } = one.placeOf(['metadata', 'name']);
  const title = titleOf(refOf(one.object));
  const message = `${title} cannot be changed: ${name} is made in its place, and what names it here is pointed to that. Write ${name} into ${fileName(file)}:${line} to keep it so.`;
  return { file, range, severity: 'information', code: 'deploy.templateCloned', message };
}

const nameKey = (kind: string, { name, namespace = '' }: { readonly name: string; readonly namespace?: string | undefined }) =>
  `${kind} ${namespace}/${name}`;

/** The same for the same content, so that the next deploy finds it there. */
function cloneName(object: KubeObject): string {
  const hash = createHash('sha256')
    .update(exactJson(object['spec'] ?? {}))
    .digest('hex');
  return `${object.metadata.name.slice(0, 240)}-${hash.slice(0, 8)}`;
}

function repointed(object: KubeObject, space: string, names: ReadonlyMap<string, string>): KubeObject {
  let next = object;
  for (const { to, name, namespace, at } of referencesOf(object)) {
    const other = names.get(nameKey(to, { name, namespace: namespace ?? object.metadata.namespace ?? space }));
    if (other !== undefined && textAt(next, ...at) === name) next = withField(next, at, other) as KubeObject;
  }
  return next;
}

function withField(tree: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(tree)) return tree.map((item, index) => (index === step ? withField(item, rest, value) : item));
  const fields = tree as Readonly<Record<string, unknown>>;
  return { ...fields, [step]: withField(fields[step], rest, value) };
}

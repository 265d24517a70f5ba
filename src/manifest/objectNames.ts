import { isScalar } from 'yaml';
import { isFields, textAt, textsAt } from '../base/fields.ts';
import { groupOf } from '../kubernetes/objectKey.ts';
import { partsOf as objectPartsOf } from '../kubernetes/objectParts.ts';
import { isClusterWide, isNeeded, type NameLess, type ObjectReference, referencesOf } from '../kubernetes/objectReferences.ts';
import type { Range } from './finding.ts';
import { formOf } from './form.ts';
import { sharedJson } from './json.ts';
import type { LocalManifest } from './manifest.ts';
import { findAll, type Path, rangeAt, textBeside } from './path.ts';
import { placeholders } from './placeholders.ts';
import { type PodLabels, podLabelsOf, type Selection, selectionOf } from './selections.ts';

/** The name of a Kubernetes object where it is written: in the manifest that declares the object, or in one that uses it. */
export interface ObjectName {
  readonly role: 'declares' | 'uses';
  /** `group/Kind`: `/ConfigMap`, `storage.k8s.io/StorageClass`. */
  readonly to: string;
  readonly name: string;
  /** As written; undefined where the document leaves it to whoever applies it, and for kinds of the whole cluster. */
  readonly namespace: string | undefined;
  /** The run of the name alone, inside its quotes, counted from the document's start. */
  readonly range: Range;
  /** True if it stands without quotes, so that another name may need some. */
  readonly plain: boolean;
  /** For uses: true if whoever names it does not work without it, so that it is worth asking whether it is there. Never in text that is to be rendered first. */
  readonly needed: boolean;
  /** For uses: the keys of a ConfigMap or Secret or the port of a Service (name or number) that are wanted, and where they are written. */
  readonly wants?: readonly { readonly name: string; readonly range: Range }[];
  /** For declarations that are written in full: the keys of a ConfigMap or Secret, names and numbers of a Service's ports. */
  readonly parts?: readonly string[];
  /** For declarations: the pods it is about, and those that come of it. */
  readonly selection?: Selection;
  readonly pods?: PodLabels;
  /** Kind of the object it is written in. */
  readonly by: string;
}

/** What every namespace gets by itself. */
const always = new Set(['/ServiceAccount default', '/ConfigMap kube-root-ca.crt']);

const generators = [
  { at: 'configMapGenerator[*].name', to: '/ConfigMap' },
  { at: 'secretGenerator[*].name', to: '/Secret' },
];

/**
 * Objects that bring about others of another kind, and where their names stand; a later row counts where the first has nothing. cert-manager `v1 Certificate`, External
 * Secrets Operator `ExternalSecret`, Bitnami's `SealedSecret`, the generators of Kustomize.
 */
const makers: Readonly<Record<string, readonly { readonly at: string; readonly to: string }[]>> = {
  'cert-manager.io/Certificate': [{ at: 'spec.secretName', to: '/Secret' }],
  'external-secrets.io/ExternalSecret': [
    { at: 'spec.target.name', to: '/Secret' },
    { at: 'metadata.name', to: '/Secret' },
  ],
  'bitnami.com/SealedSecret': [{ at: 'metadata.name', to: '/Secret' }],
  'kustomize.config.k8s.io/Kustomization': generators,
  'kustomize.config.k8s.io/Component': generators,
};

/** What the JSON of long documents shares with that of their next text. */
const namesNothing: NameLess = new WeakMap();

/** Every name of an object in a manifest, its own first. Names that are still to be filled in, and those behind an alias or an escape, are left out. */
export function objectNamesOf(manifest: LocalManifest): readonly ObjectName[] {
  const { root, tree } = manifest;
  // Kustomize takes both for granted.
  const isKustomization = manifest.kind === undefined && formOf(manifest) === 'kustomization';
  const [apiVersion, kind] = isKustomization
    ? ['kustomize.config.k8s.io/v1beta1', 'Kustomization']
    : [manifest.apiVersion, manifest.kind];
  const json = sharedJson(root, tree);
  if (!json.ok || !isFields(json.value) || apiVersion === undefined || kind === undefined) return [];
  const object = { ...json.value, apiVersion, kind, metadata: metadataOf(json.value) };
  const own = `${groupOf(apiVersion)}/${kind}`;
  const { namespace } = manifest;
  const parts = partsOf(own, object, manifest);
  const declares = { role: 'declares', namespace, needed: false, by: kind } as const;
  const [selection, pods] = [selectionOf(manifest, json.value), podLabelsOf(manifest, json.value)];
  const about = { ...(parts ? { parts } : {}), ...(selection ? { selection } : {}), ...(pods ? { pods } : {}) };
  const itself = { ...declares, to: own, name: manifest.name ?? '', path: ['metadata', 'name'], ...about };
  const made = madeBy(own, manifest).map((one) => ({ ...declares, ...one }));
  const used = referencesOf(object, namesNothing).map((reference) => ({ ...toUse(reference, manifest), by: kind }));
  return [itself, ...made, ...used].flatMap((found) => place(found, manifest));
}

function madeBy(own: string, { root, tree }: LocalManifest): { to: string; name: string; path: Path }[] {
  const rows = (makers[own] ?? []).map(({ at, to }) => ({ to, found: findAll(root, at, tree) }));
  const first = rows.filter(
    ({ to, found }) => found.length > 0 && rows.find((row) => row.to === to && row.found.length > 0)?.found === found,
  );
  return first.flatMap(({ to, found }) =>
    found.flatMap(({ node, path }) => (isScalar(node) && typeof node.value === 'string' ? [{ to, name: node.value, path }] : [])),
  );
}

function toUse(reference: ObjectReference, { root, tree, document }: LocalManifest) {
  const { to, name, namespace, at, key } = reference;
  // Soft, for an apply goes on without them; the controller does not.
  const credentials = to === '/Secret' && (at.at(-2) === 'identityRef' || at.at(-2) === 'cloudCredentialsRef');
  const mustBe = (credentials || isNeeded(reference)) && !always.has(`${to} ${name}`) && !document.template;
  const holder = at.slice(0, -1);
  const port = to === '/Service' ? ports.flatMap((rest) => partAt([...holder, ...rest], root, tree)).slice(0, 1) : [];
  const itself = key !== undefined && mustBe ? partAt([...holder, 'key'], root, tree) : [];
  const items = mustBe && (to === '/ConfigMap' || to === '/Secret') ? itemsAt(holder, root, tree) : [];
  const wants = document.template ? [] : [...port, ...itself, ...items];
  return { role: 'uses', to, name, namespace, path: at, needed: mustBe, ...(wants.length > 0 ? { wants } : {}) } as const;
}

/** The keys of a volume that are to be files. */
function itemsAt(holder: Path, root: LocalManifest['root'], tree: LocalManifest['tree']) {
  const pattern = holder.map((step) => `[${typeof step === 'number' ? '*' : step}]`).join('');
  const isHere = ({ path }: { readonly path: Path }) => holder.every((step, index) => path[index] === step);
  return findAll(root, `${pattern}[items][*][key]`, tree)
    .filter(isHere)
    .flatMap(({ path }) => partAt(path, root, tree));
}

/** Where the part that is wanted stands, beside the name: of an Ingress' backend, and of a Gateway API backendRef. */
const ports: readonly Path[] = [['port', 'number'], ['port', 'name'], ['port']];

function partAt(
  path: Path,
  root: LocalManifest['root'],
  tree: LocalManifest['tree'],
): NonNullable<ObjectName['wants']>[number][] {
  const name = String(scalarAt(root, path, tree) ?? '');
  return name === '' || placeholders.test(name) ? [] : [{ name, range: rangeAt(root, path, tree) }];
}

function scalarAt(root: LocalManifest['root'], path: Path, tree: LocalManifest['tree']): unknown {
  const pattern = path.map((step) => (typeof step === 'number' ? '[*]' : `[${step}]`)).join('');
  return textBeside(root, pattern, path, tree);
}

/** Undefined for other kinds, and where not all parts are known: in text that is to be rendered first. */
function partsOf(own: string, object: unknown, { document }: LocalManifest): readonly string[] | undefined {
  return document.template ? undefined : objectPartsOf(own, object);
}

function metadataOf(json: unknown) {
  const namespace = textAt(json, 'metadata', 'namespace');
  const name = textAt(json, 'metadata', 'name') ?? '';
  return { name, ...(namespace === undefined ? {} : { namespace }), annotations: textsAt(json, 'metadata', 'annotations') };
}

function place(
  { path, ...found }: Omit<ObjectName, 'range' | 'plain'> & { readonly path: Path },
  { root, tree, document }: LocalManifest,
): ObjectName[] {
  const { name, to } = found;
  if (name === '' || placeholders.test(name)) return [];
  const range = rangeAt(root, path, tree);
  const written = document.text.slice(range.start, range.end);
  const inside = positionIn(written, name, to, path.at(-1) === 'name' || !written.includes('/'));
  if (inside < 0) return [];
  const start = range.start + inside;
  const namespace = isClusterWide(to) ? undefined : found.namespace;
  return [{ ...found, namespace, range: { start, end: start + name.length }, plain: inside === 0 }];
}

/** Where the name stands in the text of its value; a list of `group/namespaces/ns/Kind/name` holds it at the end of an entry. -1: not as it is. */
function positionIn(written: string, name: string, to: string, whole: boolean): number {
  if (whole) return written === name ? 0 : /^(["'])/.test(written) && written.slice(1, -1) === name ? 1 : -1;
  const entry = `/${to.slice(to.indexOf('/') + 1)}/${name}`;
  for (let at = written.indexOf(entry); at >= 0; at = written.indexOf(entry, at + 1)) {
    const after = written[at + entry.length];
    if (after === undefined || /[,"'\s]/.test(after)) return at + entry.length - name.length;
  }
  return -1;
}

import { failed, type Result, success } from '../../base/failure.ts';
import { isFields, textAt } from '../../base/fields.ts';
import { fileName } from '../files/fileName.ts';
import type { Written } from '../files/written.ts';
import { targetName } from '../plan/planText.ts';
import type { Plan, Step, Target } from '../types.ts';
import { argoFiles } from './argo.ts';
import { fluxFiles } from './flux.ts';
import { nextSteps } from './nextSteps.ts';
import { type Stage, stagesOf } from './stages.ts';

/** Where an engine takes the manifests from. A URL holds no credentials: they stand in a Secret of the engine. */
export type ManifestSource =
  | { readonly kind: 'git'; readonly url: string; readonly branch: string }
  | { readonly kind: 'oci'; readonly url: string; readonly tag: string };

/** What is handed over, and to whom. */
export interface HandOverRequest {
  readonly engine: Engine;
  readonly plan: Plan;
  /** The objects as written: whether each names its namespace itself. */
  readonly written: readonly Written[];
  /** The folder or file that is deployed, as it is called. */
  readonly name: string;
  /** Path of the repository's root; every file of the plan lies below it. */
  readonly root: string;
  readonly source: ManifestSource;
  /** Name of the Secret with which the engine reads the source, in the engine's own namespace; none for a public one. */
  readonly secret?: string;
  /** The folder that the engine renders by itself (see {@link kustomizationOf}); absent for plain manifests. */
  readonly kustomization?: string;
  /** Files that SOPS has encrypted (see {@link encryptedFiles}). */
  readonly encrypted?: ReadonlySet<string>;
  /** Argo CD only: the name under which it knows the target's cluster; absent where it runs on it. */
  readonly destination?: string;
}

export type Engine = 'flux' | 'argo';

/** A file that is to be written, below the repository's root. */
export interface FileToWrite {
  readonly path: string;
  readonly text: string;
}

/** A hand-over before anything is written: the files, and what to do after. */
export interface HandOver {
  readonly engine: Engine;
  readonly target: Target;
  /** What the set is called there. */
  readonly set: string;
  readonly files: readonly FileToWrite[];
  /** Markdown: what comes next, and what is another than with us. */
  readonly document: string;
}

/** What both engines are told: the set in their words. */
export interface HandedSet {
  readonly request: HandOverRequest;
  readonly set: string;
  readonly stages: readonly Stage[];
  /** The path of a file below the root. */
  readonly below: (file: string) => string;
  /** The namespace for objects that name none; undefined where all do. */
  readonly namespace: string | undefined;
  /** Below the root, the folder that the engine renders by itself: then there is one stage, and no list of files. */
  readonly rendered: string | undefined;
}

/**
 * Writes down a plan as what Flux or Argo CD applies for ever. Pure: the files are a value, shown before they are written. Fails with `invalid` when the plan itself may not go, or when the engine
 * could not deploy the same.
 */
export function handOver(request: HandOverRequest): Result<HandOver> {
  const { plan, name, root, engine } = request;
  const blocker = plan.blockers.find(({ engine: keeper }) => keeper === undefined);
  const kept = plan.blockers.find(({ engine: keeper }) => keeper);
  if (blocker) return failed('invalid', `${blocker.message} Nothing is handed over until the plan may go.`);
  if (kept) return failed('invalid', `It is handed over already. ${kept.message}`);
  if (plan.steps.length === 0) return failed('invalid', `${name} holds nothing that could be handed over.`);
  const base = root.replace(/\/+$/, '');
  const outside = plan.steps.find(({ source }) => !source.file.startsWith(`${base}/`));
  if (outside)
    return failed('invalid', `${outside.source.file} lies outside ${base}: an engine reads one repository. Nothing was written.`);
  const [encrypted] = request.encrypted ?? [];
  if (encrypted !== undefined && engine === 'argo')
    return failed(
      'unsupported',
      `Argo CD decrypts nothing by itself, and ${encrypted} is encrypted with SOPS: it would apply the cipher. Hand over to Flux, or use what Argo CD reads secrets from. Nothing was written.`,
    );
  const namespace = namespaceOf(request, engine);
  if (!namespace.ok) return namespace;
  const below = (file: string) => file.slice(base.length + 1);
  const handed: HandedSet = {
    request,
    set: setName(name),
    stages: request.kustomization === undefined ? stagesOf(plan.steps) : [{ files: [], steps: plan.steps }],
    below,
    namespace: namespace.value,
    rendered: request.kustomization === undefined ? undefined : below(request.kustomization) || '.',
  };
  const files = engine === 'flux' ? fluxFiles(handed) : argoFiles(handed);
  return success({ engine, target: plan.target, set: handed.set, files, document: nextSteps(handed, files) });
}

/** The hand-over as text: each file under its path, then the document. What tests compare. */
export function printHandOver({ engine, target, set, files, document }: HandOver): string {
  const parts = files.map(({ path, text }) => `=== ${path}\n${text}`);
  return `${[`Hand over ${set} on ${targetName(target)} to ${engineName(engine)}\n`, ...parts, `=== next steps\n${document}`].join('')}`;
}

/** What the engine is called. */
export function engineName(engine: Engine): 'Flux' | 'Argo CD' {
  return engine === 'flux' ? 'Flux' : 'Argo CD';
}

/** A name that Kubernetes takes for an object (RFC 1123 label, at most 50 characters so that a stage's number fits). */
export function setName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/\.(ya?ml|json)$/, '')
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 50);
  return plain.replace(/-+$/, '') || 'deploy';
}

/** The Secrets of a plan that would lie in the repository in plain text. */
export function plainSecrets({ plan, encrypted }: Pick<HandOverRequest, 'plan' | 'encrypted'>): readonly Step[] {
  const isFilled = (part: unknown) => isFields(part) && Object.keys(part).length > 0;
  return plan.steps.filter(
    ({ ref, object, source }) =>
      ref.apiVersion === 'v1' &&
      ref.kind === 'Secret' &&
      !encrypted?.has(source.file) &&
      (isFilled(object['data']) || isFilled(object['stringData'])),
  );
}

/** Flux gives one namespace to all objects of a set or to none, even to those that name another; Argo CD to those that name none. */
function namespaceOf({ plan, written }: HandOverRequest, engine: Engine): Result<string | undefined> {
  const named = new Map(
    written.map(({ object, source }) => [`${source.index} ${source.file}`, textAt(object, 'metadata', 'namespace')]),
  );
  const placed = plan.steps.filter(({ ref }) => ref.namespace !== undefined);
  const unnamed = placed.filter(({ source }) => named.get(`${source.index} ${source.file}`) === undefined);
  const other = placed.find(({ ref }) => ref.namespace !== plan.target.namespace);
  const [first] = unnamed;
  if (!first) return success(undefined);
  if (engine === 'argo' || !other) return success(plan.target.namespace);
  const place = `${fileName(first.source.file)}:${first.source.line}`;
  return failed(
    'invalid',
    `${first.ref.kind} ${first.ref.name} (${place}) names no namespace, ${other.ref.kind} ${other.ref.name} names ${other.ref.namespace}: Flux would put both into ${plan.target.namespace}. Write metadata.namespace: ${plan.target.namespace} into the first. Nothing was written.`,
  );
}

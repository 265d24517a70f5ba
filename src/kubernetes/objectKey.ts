import type { ObjectRef } from './cluster.ts';

/** Names an object uniquely within a plan: `apps/v1/Deployment shop/web`, `v1/Namespace shop`. */
export function keyOf({ apiVersion, kind, namespace, name }: ObjectRef): string {
  return `${apiVersion}/${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** How an object is named in a sentence: `Deployment web`. */
export function titleOf({ kind, name }: ObjectRef): string {
  return `${kind} ${name}`;
}

/** The group of an apiVersion: `apps` of `apps/v1`, `''` of `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** `group/Kind`, the version aside: what a reference without version means. */
export function groupKind({ apiVersion, kind }: Pick<ObjectRef, 'apiVersion' | 'kind'>): string {
  return `${groupOf(apiVersion)}/${kind}`;
}

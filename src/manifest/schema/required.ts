import { isMap, isSeq } from 'yaml';
import type { LocalManifest } from '../manifest.ts';
import { pairOf } from '../parse.ts';
import { findAll } from '../path.ts';
import { asSchema, memberOf, type Resolved } from './fieldSchema.ts';

/**
 * Fields that the schemas of Kubernetes list as required and the server fills in or does without: kind and field.
 * Source: defaults and validation of rbac, apps, networking and scheduling in kubernetes/kubernetes; KEP-5080 corrected some in 1.33.
 */
const acceptedMissing: Readonly<Record<string, readonly string[]>> = {
  RoleBinding: ['apiGroup'],
  ClusterRoleBinding: ['apiGroup'],
  StatefulSet: ['serviceName'],
  NetworkPolicy: ['podSelector'],
  PriorityClass: ['value'],
};

/** Whether the server takes an object without a field that its schema calls required. */
export function mayBeMissing(name: string, of: Resolved, depth: number, kind: string | undefined): boolean {
  if (of.whole && (name === 'metadata' || name === 'apiVersion' || name === 'kind')) return true;
  if (name === 'status' && depth === 0) return true;
  if (of.builtin && acceptedMissing[kind ?? '']?.includes(name)) return true;
  const otherwise = asSchema(memberOf(asSchema(of.schema['properties']), name))?.['default'];
  // The schemas of Go types give every field its zero as a default, which the server may refuse.
  return otherwise !== undefined && !(of.builtin && isZero(otherwise));
}

function isZero(value: unknown): boolean {
  return !value || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** Whether a manifest looks like a patch of Kustomize: it has directives, or containers without an image. */
export function isPatch({ document, root, tree }: LocalManifest): boolean {
  if (/^\s*(?:- )?\$(?:patch|setElementOrder|retainKeys|deleteFromPrimitiveList)/m.test(document.text)) return true;
  const containers = ['spec.containers', 'spec.template.spec.containers', 'spec.jobTemplate.spec.template.spec.containers'];
  return containers.some((path) =>
    findAll(root, path, tree).some(({ node }) => isSeq(node) && node.items.some((item) => isMap(item) && !pairOf(item, 'image'))),
  );
}

import { l10n } from 'vscode';
import { nameOf } from '../openstack/display.ts';
import type { Resource } from '../openstack/kind.ts';
import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';

/** A resource that an action is about to change. */
export interface ActTarget {
  readonly project: Project;
  readonly kind: KindId;
  readonly resource: Resource;
  /** The resource above, for kinds that lie below another one. */
  readonly parent?: Resource;
}

/** `server web-1`, `3 volumes`. */
export function named(targets: readonly ActTarget[]): string {
  const [first] = targets;
  if (!first) return '';
  if (targets.length === 1) return `${kindOf(first.kind).label[0]} ${nameOf(first.kind, first.resource)}`;
  const alike = targets.every(({ kind }) => kind === first.kind);
  return alike ? counted(first.kind, targets.length) : l10n.t('{0} resources', targets.length);
}

/** `1 port`, `3 floating IPs`. */
export function counted(kind: KindId, count: number): string {
  const [one, many] = kindOf(kind).label;
  return `${count} ${count === 1 ? one : many.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())}`;
}

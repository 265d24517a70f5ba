import { l10n, Uri, window } from 'vscode';
import type { Logger } from '../base/logger.ts';
import { objectKey, resourceKey } from '../explorer/keys.ts';
import type { Bindings } from '../host/bindings.ts';
import { tell } from '../host/tell.ts';
import type { Clouds } from '../openstack/cloud.ts';
import { nodeOf, type Trees } from './trees.ts';

export interface RevealParts {
  readonly trees: Trees;
  readonly bindings: Bindings;
  readonly clouds: Clouds;
  readonly log: Logger;
}

/** A resource named in a document: the project is the one the document is bound to. */
interface Mention {
  readonly uri: string;
  readonly kind: string;
  readonly id: string;
}

/** An object as another extension names it. */
interface ObjectMention {
  readonly context: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Shows a resource or object in its own tree: of a row that mentions it, by its key, by what a link in a manifest names, or as another extension does. */
export async function reveal(parts: RevealParts, argument: unknown): Promise<void> {
  const key = typeof argument === 'string' ? argument : await keyIn(parts, argument);
  if (key === undefined) return;
  if (await parts.trees.reveal(key)) return;
  void window.showInformationMessage(l10n.t('It is not in the tree: it may be gone, or it stands in no group.'));
}

async function keyIn(parts: RevealParts, argument: unknown): Promise<string | undefined> {
  if (holds<Mention>(argument, ['uri', 'kind', 'id'])) return keyOf(parts, argument);
  if (!holds<ObjectMention>(argument, ['context', 'apiVersion', 'kind', 'name'])) return nodeOf(argument)?.row.key;
  const { apiVersion, context, kind, name, namespace } = argument;
  return objectKey({ context, group: apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '', kind, namespace, name });
}

async function keyOf({ bindings, clouds, log }: RevealParts, { uri, kind, id }: Mention): Promise<string | undefined> {
  const binding = bindings.of(Uri.parse(uri));
  if (!binding?.cloud) return undefined;
  const cloud = await clouds.open(binding.cloud, binding.region);
  const project = cloud.ok ? await cloud.value.project(binding.project) : cloud;
  if (project.ok) return resourceKey({ cloud: binding.cloud, region: project.value.region, project: project.value.id, kind, id });
  await tell(project.failure, log);
  return undefined;
}

/** Whether a value has texts under all these names. */
function holds<T>(value: unknown, names: readonly (string & keyof T)[]): value is T {
  return typeof value === 'object' && value !== null && names.every((name) => typeof Reflect.get(value, name) === 'string');
}

import type { Node } from './nodes.ts';

/** The id by which manifests name what a node stands for: a resource's id; of an object, whose uid is of no use to anybody, its name. Undefined for groups and messages. */
export function idOfNode({ row: { id, name } }: Node): string | undefined {
  return id ?? name;
}

/** The name of what a node stands for; undefined for groups and messages. */
export function nameOfNode({ row: { name } }: Node): string | undefined {
  return name;
}

/** The cloud that a node lies in, or that its trouble is about. */
export function cloudOfNode({ row: { subject } }: Node): string | undefined {
  switch (subject.of) {
    case 'cloud':
    case 'region':
    case 'project':
    case 'domain':
    case 'system':
      return subject.cloud.name;
    case 'kinds':
    case 'kind':
    case 'resource':
      return subject.project.cloud;
    case 'folder':
      return subject.folder.project.cloud;
    case 'failure':
      return subject.cloud;
    default:
      return undefined;
  }
}

/** The place in a file of the user that a node comes from, or that its trouble lies in; line from 1. */
export function sourceOfNode({ row: { subject } }: Node): { readonly file: string; readonly line?: number } | undefined {
  switch (subject.of) {
    case 'cloud':
      return subject.cloud.source;
    case 'context':
      return subject.context.source;
    case 'failure':
      return subject.failure.at;
    default:
      return undefined;
  }
}

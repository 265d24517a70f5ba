import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { kindOfField } from '../relations/pointers.ts';
import { resourceKey } from './keys.ts';

/** An id in the details of a resource that leads to another resource. */
export interface IdLink {
  /** From 0. */
  readonly line: number;
  /** Columns from 0, the end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly key: string;
  /** What the other is: `network`. */
  readonly noun: string;
}

const field = /^\s*(?:- )?"?([\w:-]+)"?: "?([0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12})"?,?$/i;

/** The ids in a YAML or JSON text of a resource that lead elsewhere: those it is known to point at (`named`, id → kind), and those in fields that hold the id of one kind only. */
export function idLinks(
  text: string,
  { cloud, region, id: project }: Pick<Project, 'cloud' | 'region' | 'id'>,
  named: ReadonlyMap<string, KindId> = new Map(),
): readonly IdLink[] {
  return text.split('\n').flatMap((content, line) => {
    const [, name = '', id = ''] = field.exec(content) ?? [];
    const kind = named.get(id) ?? kindOfField(name);
    if (!kind) return [];
    const start = content.lastIndexOf(id);
    const key = resourceKey({ cloud, region, project, kind, id });
    return [{ line, start, end: start + id.length, key, noun: kindOf(kind).label[0] }];
  });
}

import { idOf, nameOf } from '../openstack/display.ts';
import type { Subject } from './nodes.ts';

/** The id by which manifests name what a row stands for: a resource's id; of an object, whose uid is of no use to anybody, its name. */
export function idOfSubject(subject: Subject): string | undefined {
  switch (subject.of) {
    case 'resource':
      return idOf(subject.kind, subject.resource);
    case 'project':
      return subject.project.id;
    default:
      return nameOfSubject(subject);
  }
}

/** The name of what a row stands for; undefined for groups, messages and the like. */
export function nameOfSubject(subject: Subject): string | undefined {
  switch (subject.of) {
    case 'resource':
      return nameOf(subject.kind, subject.resource);
    case 'object':
      return subject.ref.name;
    case 'cloud':
      return subject.cloud.name;
    case 'region':
      return subject.region;
    case 'project':
      return subject.project.name;
    case 'context':
      return subject.context.name;
    case 'namespace':
      return subject.name;
    default:
      return undefined;
  }
}

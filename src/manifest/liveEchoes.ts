import { listAt, textAt } from '../base/fields.ts';
import { groupOf } from '../kubernetes/objectKey.ts';
import type { Finding } from './finding.ts';
import { liveName, placeOf } from './liveObject.ts';
import type { ManifestObject } from './manifest.ts';

/** Who made an object, as far as it says so. */
export interface Made {
  /** As {@link liveName} writes it. */
  readonly name: string;
  readonly uid: string | undefined;
  /** The uid of its controller. */
  readonly by: string | undefined;
  /** `group/Kind namespace/name` of the object itself, and of the template it was made after. */
  readonly self: string;
  readonly like: string | undefined;
}

const clonedKind = 'cluster.x-k8s.io/cloned-from-groupkind';
const clonedName = 'cluster.x-k8s.io/cloned-from-name';

/** Reads who made an object: its controller (`ownerReferences`), and the template that Cluster API notes in annotations (`cluster.x-k8s.io/cloned-from-…`, the kind written as `Kind.group`). */
export function madeOf(context: string, object: ManifestObject): Made {
  const { apiVersion, kind, metadata } = object;
  const owners = listAt(metadata, 'ownerReferences');
  const controller = owners.find((owner) => (owner as { controller?: unknown }).controller === true);
  const namespace = textAt(metadata, 'namespace') ?? '';
  const [, likeKind, likeGroup] = /^([^.]+)\.(.+)$/.exec(textAt(metadata, 'annotations', clonedKind) ?? '') ?? [];
  const likeName = textAt(metadata, 'annotations', clonedName);
  return {
    name: liveName(placeOf(context, object, [])),
    uid: textAt(metadata, 'uid'),
    by: textAt(controller, 'uid'),
    self: `${groupOf(apiVersion)}/${kind} ${namespace}/${textAt(metadata, 'name')}`,
    like: likeKind && likeName ? `${likeGroup}/${likeKind} ${namespace}/${likeName}` : undefined,
  };
}

/**
 * The findings without their echoes: what is wrong with an object is not told again of those made from it, and of several that one controller made it is told of the first, with how many more have it.
 * Two findings are the same if they say the same of the same value.
 */
export function withoutEchoes(findings: readonly Finding[], made: readonly Made[]): readonly Finding[] {
  const byName = new Map(made.map((one) => [one.name, one]));
  const byUid = new Map(made.flatMap((one) => (one.uid === undefined ? [] : [[one.uid, one] as const])));
  const bySelf = new Map(made.map((one) => [one.self, one]));
  const said = new Set(findings.map((finding) => `${finding.file}\n${wordsOf(finding)}`));
  const makersOf = (one: Made | undefined): readonly Made[] => {
    const above = [
      one?.by === undefined ? undefined : byUid.get(one.by),
      one?.like === undefined ? undefined : bySelf.get(one.like),
    ];
    return above.filter((maker) => maker !== undefined);
  };
  const isEcho = (finding: Finding) => {
    const seen = new Set<Made>();
    const queue = [...makersOf(byName.get(finding.file))];
    for (let maker = queue.pop(); maker; maker = queue.pop()) {
      if (seen.has(maker)) continue;
      seen.add(maker);
      if (said.has(`${maker.name}\n${wordsOf(finding)}`)) return true;
      queue.push(...makersOf(maker));
    }
    return false;
  };
  const original = findings.filter((finding) => !isEcho(finding));
  const groups = Map.groupBy(original, (finding) => {
    const { by, like } = byName.get(finding.file) ?? {};
    const maker = by ?? like;
    return maker === undefined ? finding : `${maker}\n${wordsOf(finding)}`;
  });
  return [...groups.values()].flatMap(([first, ...others]) => {
    const more = new Set(others.map(({ file }) => file)).size;
    return first
      ? [more === 0 ? first : { ...first, message: `${first.message} So it is in ${more} more of the same maker.` }]
      : [];
  });
}

function wordsOf({ code, message }: Finding): string {
  return `${code}\n${message}`;
}

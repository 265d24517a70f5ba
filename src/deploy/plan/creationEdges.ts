import { creates } from '../../manifest/creates.ts';
import { type Manifest, parseManifests } from '../../manifest/manifest.ts';
import { referencesOf } from '../../manifest/references.ts';
import { keyOfStack } from '../stacks/planStacks.ts';
import type { StackSource } from '../stacks/stackSet.ts';
import type { Prepared } from './gate.ts';
import type { Edge } from './order.ts';

/** A step of the plan, the places of what is written of it (`0 web.yaml`), and the resources of a cloud that it brings about (`network.network shop-net`). */
interface Part {
  readonly key: string;
  readonly places: readonly string[];
  readonly makes: ReadonlySet<string>;
}

/**
 * Who waits for which step because it names a resource of a cloud that the other one makes: a workload for the stack that makes its network, one stack for another, whatever names a network for the object of the OpenStack
 * resource controller that is managed. They wait until the other one is ready: before that, the name leads nowhere. `manifests` are those of the objects and templates, as they were gathered.
 */
export function creationEdges(
  objects: readonly Prepared[],
  stacks: readonly StackSource[],
  manifests: readonly Manifest[],
): readonly Edge[] {
  const written = new Map(manifests.filter(({ local }) => local.tree).map((one) => [`${one.index} ${one.file}`, one]));
  const parts: readonly Part[] = [
    ...stacks.map((stack) => ({
      key: keyOfStack(stack),
      places: stack.files.checked.flatMap(({ file, text }) => parseManifests(file, text).map(({ index }) => `${index} ${file}`)),
      makes: stack.makes,
    })),
    ...objects.map(({ key, written: { source } }) => {
      const place = `${source.index} ${source.file}`;
      const manifest = written.get(place);
      return { key, places: [place], makes: new Set(manifest ? creates(manifest.local) : []) };
    }),
  ];
  const makers = new Map(parts.flatMap(({ key, makes }) => [...makes].map((name) => [name, key])));
  if (makers.size === 0) return [];
  return parts.flatMap(({ key, places }) => {
    const named = places.flatMap((place) => {
      const manifest = written.get(place);
      return manifest ? referencesOf(manifest.local) : [];
    });
    const before = new Set(named.flatMap(({ rule, text }) => makers.get(`${rule.to} ${text}`) ?? []));
    before.delete(key);
    return [...before].map((other): Edge => ({ from: key, key: other, until: 'ready', soft: true }));
  });
}

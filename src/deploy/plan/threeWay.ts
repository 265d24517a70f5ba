import { type Fields, isFields } from '../../base/fields.ts';

/** By which field the items of a list are the same, by the list's name; first that all items have. Lists that are not here go whole. Source: Kubernetes API reference, `patchMergeKey` of the types of pods, services and service accounts. */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  ports: ['containerPort', 'port'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
};

/**
 * What becomes of a live object when it is changed from an original to a target as written: what the target says holds, what only the original said goes, what is there beside them
 * stays. The strategic merge of Kubernetes in three ways, with the target's word over the live one's.
 */
export function threeWay(original: unknown, target: unknown, live: unknown): unknown {
  return merged('', original, target, live);
}

function merged(name: string, original: unknown, target: unknown, live: unknown): unknown {
  if (isFields(target) && isFields(live)) return mergedFields(isFields(original) ? original : {}, target, live);
  if (Array.isArray(target) && Array.isArray(live)) {
    const before = Array.isArray(original) ? original : [];
    const key = mergeKeys[name]?.find((one) => [...before, ...target, ...live].every((item) => isFields(item) && one in item));
    return key === undefined ? target : mergedItems(key, before, target, live);
  }
  return target;
}

function mergedFields(original: Fields, target: Fields, live: Fields): Fields {
  const stays = Object.entries(live).filter(([name]) => name in target || !(name in original));
  const result = new Map(stays);
  for (const [name, value] of Object.entries(target))
    if (value === null) result.delete(name);
    else result.set(name, merged(name, original[name], value, live[name]));
  return Object.fromEntries(result);
}

function mergedItems(key: string, original: readonly Fields[], target: readonly Fields[], live: readonly Fields[]): Fields[] {
  const byKey = (items: readonly Fields[]) => new Map(items.map((item) => [item[key], item]));
  const [before, wanted, there] = [byKey(original), byKey(target), byKey(live)];
  const ours = target.map((item) => merged('', before.get(item[key]), item, there.get(item[key])) as Fields);
  return [...ours, ...live.filter((item) => !wanted.has(item[key]) && !before.has(item[key]))];
}

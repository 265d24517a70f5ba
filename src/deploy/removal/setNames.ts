import type { SetRequest } from './plannedSet.ts';

/** Something chosen to be deployed. */
export interface ChosenPlace {
  /** With `/` between names. */
  readonly path: string;
  readonly isFolder: boolean;
}

/**
 * The names that the set of some places may have: the folder that is deployed, called by its way from the workspace's folder (`shop/deploy`), then each folder around it. Single files, or several
 * folders, are part of the set of the folder that holds them. Two people with the same repository open mean the same set, wherever they keep it.
 */
export function setNames(
  places: readonly ChosenPlace[],
  workspaceFolders: readonly string[],
): Pick<SetRequest, 'names' | 'partial'> {
  const [first, ...others] = places.map(({ path, isFolder }) => (isFolder || places.length > 1 ? path : above(path)).split('/'));
  const common = (first ?? []).filter((part, index) =>
    others.every((other) => sameUntil(first ?? [], other, index) && other[index] === part),
  );
  const folder = common.join('/');
  const root =
    workspaceFolders
      .filter((one) => folder === one || folder.startsWith(`${one}/`))
      .sort((one, other) => other.length - one.length)[0] ?? folder;
  const inside = folder.slice(root.length).split('/').filter(Boolean);
  const name = root.split('/').at(-1) ?? '';
  const names = Array.from({ length: inside.length + 1 }, (_, up) => [name, ...inside.slice(0, inside.length - up)].join('/'));
  const whole = places.length === 1 && places[0]?.isFolder === true;
  return { names, partial: !whole };
}

const above = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const sameUntil = (one: readonly string[], other: readonly string[], index: number) =>
  one.slice(0, index).every((part, at) => part === other[at]);

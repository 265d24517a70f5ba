import { failed, type Result, success } from '../../base/failure.ts';
import type { Files } from '../files/files.ts';

const KUSTOMIZATIONS = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/**
 * The folder that an engine renders by itself: the one place that is handed over, where it is a kustomization. Undefined for plain manifests, whose files are listed. Fails with `unsupported` where the files come of
 * renderings that no list of files could stand for: a chart, a kustomization among other things.
 */
export async function kustomizationOf(
  places: readonly string[],
  sources: readonly string[],
  root: string,
  files: Files,
): Promise<Result<string | undefined>> {
  const holds = async (folder: string, names: readonly string[]) =>
    (await Promise.all(names.map((name) => files.facts(`${folder}/${name}`)))).some(({ ok }) => ok);
  const [place = '', ...others] = places.map((one) => one.replace(/\/+$/, ''));
  if (others.length === 0 && (await holds(place, KUSTOMIZATIONS))) return success(place);
  const folders = new Set(sources.flatMap((file) => foldersAbove(file, root.replace(/\/+$/, ''))));
  for (const folder of folders) {
    if (await holds(folder, ['Chart.yaml']))
      return failed(
        'unsupported',
        `${folder} is a Helm chart: an engine deploys it as a release of its own (HelmRelease of Flux, a Helm source of Argo CD), which is not written here. Nothing was written.`,
      );
    if (await holds(folder, KUSTOMIZATIONS))
      return failed(
        'unsupported',
        `${folder} is a kustomization: hand it over by itself, so that the engine renders it. Nothing was written.`,
      );
  }
  return success(undefined);
}

/** The folders that a file lies in, up to the root. */
function foldersAbove(file: string, root: string): readonly string[] {
  const folders: string[] = [];
  for (
    let folder = file.slice(0, file.lastIndexOf('/'));
    folder.startsWith(root) && folder !== '';
    folder = folder.slice(0, folder.lastIndexOf('/'))
  )
    folders.push(folder);
  return folders;
}

import { noLookup, projectLookup } from '../deploy/live/projectLookup.ts';
import { Viewers } from '../deploy/live/viewers.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { ResourceLookup } from '../manifest/resourceLookup.ts';
import type { Opened } from './opened.ts';

/**
 * The project that the command line names, as manifests are checked against it; what they are used with other credentials for is asked with those: of a Secret among the files, else of the cluster, which whoever
 * names its context lets be read, else of an entry of clouds.yaml. `otherwise`: why nobody is asked where no project is named.
 */
export function openedLookup(
  { project, clouds, cluster, target }: Opened,
  manifests: () => Promise<readonly Manifest[]>,
  otherwise: string,
): ResourceLookup {
  if (!project || !clouds) return noLookup(otherwise);
  const readable = cluster && target ? { cluster, namespace: target.namespace } : undefined;
  return projectLookup(project, new Viewers({ clouds, manifests, cluster: async () => readable }));
}

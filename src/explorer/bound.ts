import type { Cluster, Contexts } from '../kubernetes/cluster.ts';
import type { Clouds } from '../openstack/cloud.ts';
import type { Project } from '../openstack/project.ts';

/** What a folder is bound to, as far as it matters here. */
interface BoundTo {
  readonly cloud?: string;
  readonly project?: string;
  readonly region?: string;
  readonly context?: string;
}

/** Opens the projects and clusters that folders are bound to: a binding is the user's standing consent to look things up. What cannot be opened is left out, and so is a cloud that was signed out of; its own row tells why. */
export async function openBound(
  bindings: readonly BoundTo[],
  { clouds, contexts }: { readonly clouds: Clouds; readonly contexts: Contexts },
): Promise<{ readonly projects: readonly Project[]; readonly clusters: readonly Cluster[] }> {
  const projects = bindings.map(async ({ cloud, project, region }) => {
    const opened = cloud === undefined ? undefined : await clouds.open(cloud, region);
    const found = opened?.ok && opened.value.state !== 'signedOut' ? await opened.value.project(project) : undefined;
    return found?.ok ? found.value : undefined;
  });
  const clusters = bindings.map(async ({ context }) => {
    const opened = context === undefined ? undefined : await contexts.open(context);
    return opened?.ok ? opened.value : undefined;
  });
  const known = <T>(one: T | undefined): one is T => one !== undefined;
  return { projects: (await Promise.all(projects)).filter(known), clusters: (await Promise.all(clusters)).filter(known) };
}

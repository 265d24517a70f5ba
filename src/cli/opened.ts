import { type Result, success } from '../base/failure.ts';
import type { Http } from '../base/http.ts';
import { type ContextLender, openWorkload } from '../deploy/removal/workloadCluster.ts';
import { readTarget } from '../deploy/target.ts';
import type { Target } from '../deploy/types.ts';
import type { Cluster, Contexts, ObjectRef } from '../kubernetes/cluster.ts';
import type { Clouds } from '../openstack/cloud.ts';
import type { SignInPages } from '../openstack/interaction.ts';
import type { Project } from '../openstack/project.ts';
import type { Request } from './commandLine.ts';

/** What was named on the command line and is now open. */
export interface Opened {
  readonly project: Project | undefined;
  /** The clouds that the project is one of. */
  readonly clouds: Clouds | undefined;
  readonly cluster: Cluster | undefined;
  readonly target: Target | undefined;
  /** Those of the kubeconfig files, heard of when they change. */
  readonly contexts?: Contexts;
  /** Opens the workload cluster of a Cluster of Cluster API in the context. */
  readonly workload?: (owner: ObjectRef) => Promise<Result<Cluster>>;
}

/** Who may be asked to sign in at a page, if anybody, and how they give up. */
export interface Person {
  readonly pages: SignInPages | undefined;
  readonly signal: AbortSignal;
}

/** Opens the cloud's project and the context that the command line names, and nothing else. What each world needs is loaded only if it is named. `shared`: the clouds, where they are open already. */
export async function open(
  request: Pick<Request, 'cloud' | 'project' | 'context' | 'namespace'>,
  http: Http,
  person: Person,
  shared?: Clouds,
): Promise<Result<Opened>> {
  const clouds = request.cloud === undefined ? undefined : (shared ?? (await openClouds(http, person)));
  const cloud = clouds && request.cloud !== undefined ? await clouds.open(request.cloud) : undefined;
  if (cloud && !cloud.ok) return cloud;
  const project = cloud ? await cloud.value.project(request.project, person.signal) : success(undefined);
  if (!project.ok) return project;
  if (request.context === undefined) return success({ project: project.value, clouds, cluster: undefined, target: undefined });
  const lender = await openContexts(http);
  // who names the context on the command line means its sign-in program, too, as with kubectl
  const cluster = await lender.contexts.open(request.context);
  if (!cluster.ok) return cluster;
  const workload = (owner: ObjectRef) => openWorkload(cluster.value, owner, lender);
  const { namespace } = request;
  const target = await readTarget(cluster.value, {
    ...(namespace === undefined ? {} : { namespace }),
    ...(request.cloud === undefined ? {} : { cloud: request.cloud }),
    ...(project.value === undefined ? {} : { project: project.value.name }),
  });
  if (!target.ok) return target;
  const { contexts } = lender;
  return success({ project: project.value, clouds, cluster: cluster.value, target: target.value, contexts, workload });
}

/** The clouds of this machine's clouds.yaml files; nobody is contacted yet. */
export async function openClouds(http: Http, { pages }: Person): Promise<Clouds> {
  const { createClouds } = await import('../openstack/clouds.ts');
  return createClouds({ http, env: process.env, cwd: process.cwd(), ...(pages && { pages }) });
}

async function openContexts(http: Http): Promise<ContextLender & { readonly contexts: Contexts }> {
  const [{ openContexts: opening }, { WindowContexts }] = await Promise.all([
    import('../kubernetes/openContexts.ts'),
    import('../kubernetes/windowContexts.ts'),
  ]);
  const windowContexts = new WindowContexts();
  return {
    windowContexts,
    contexts: opening({ http, env: process.env, mayRun: async () => true, window: windowContexts, watch: true }),
  };
}

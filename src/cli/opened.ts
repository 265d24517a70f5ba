import { type Result, success } from '../base/failure.ts';
import type { Http } from '../base/http.ts';
import { readTarget } from '../deploy/target.ts';
import type { Target } from '../deploy/types.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { Project } from '../openstack/project.ts';
import type { Request } from './commandLine.ts';

/** What was named on the command line and is now open. */
export interface Opened {
  readonly project: Project | undefined;
  readonly cluster: Cluster | undefined;
  readonly target: Target | undefined;
}

/** Opens the cloud's project and the context that the command line names, and nothing else. What each world needs is loaded only if it is named. */
export async function open(request: Request, http: Http): Promise<Result<Opened>> {
  const project = request.cloud === undefined ? success(undefined) : await openProject(request.cloud, request.project, http);
  if (!project.ok) return project;
  if (request.context === undefined) return success({ project: project.value, cluster: undefined, target: undefined });
  const cluster = await openCluster(request.context, http);
  if (!cluster.ok) return cluster;
  const { namespace } = request;
  const target = await readTarget(cluster.value, {
    ...(namespace === undefined ? {} : { namespace }),
    ...(request.cloud === undefined ? {} : { cloud: request.cloud }),
    ...(project.value === undefined ? {} : { project: project.value.name }),
  });
  if (!target.ok) return target;
  return success({ project: project.value, cluster: cluster.value, target: target.value });
}

async function openProject(name: string, project: string | undefined, http: Http): Promise<Result<Project>> {
  const { createClouds } = await import('../openstack/clouds.ts');
  const clouds = createClouds({ http, env: process.env, cwd: process.cwd() });
  const cloud = await clouds.open(name);
  if (!cloud.ok) return cloud;
  return cloud.value.project(project);
}

async function openCluster(name: string, http: Http): Promise<Result<Cluster>> {
  const { openContexts } = await import('../kubernetes/openContexts.ts');
  const contexts = openContexts({ http, env: process.env, mayRun: async () => true });
  // who names the context on the command line means its sign-in program, too, as with kubectl
  return contexts.open(name);
}

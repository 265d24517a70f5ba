import { success } from '../base/failure.ts';
import type { Http } from '../base/http.ts';
import { credentialManifests } from '../deploy/live/credentialManifests.ts';
import { type Opened, openClouds, type Person } from './opened.ts';
import { openedLookup } from './openedLookup.ts';
import { credentialFiles, type OpenLookup, type ToCheck } from './renderedCheck.ts';

/** Opens each project that folders are bound to once; without a binding it is what `--cloud` named. `otherwise`: why nobody is asked where no project is named. */
export function boundLookups(opened: Opened, found: ToCheck, otherwise: string, http: Http, person: Person): OpenLookup {
  const known = new Map<string, ReturnType<OpenLookup>>();
  const manifests = credentialManifests(credentialFiles(found));
  const open = async (name: string, projectName: string | undefined): ReturnType<OpenLookup> => {
    const clouds = opened.clouds ?? (await openClouds(http, person));
    const cloud = await clouds.open(name);
    const project = cloud.ok ? await cloud.value.project(projectName, person.signal) : cloud;
    return project.ok ? success(openedLookup({ ...opened, clouds, project: project.value }, manifests, otherwise)) : project;
  };
  const named = Promise.resolve(success(openedLookup(opened, manifests, otherwise)));
  return (binding) => {
    const { cloud, project } = binding ?? {};
    if (cloud === undefined) return named;
    const key = JSON.stringify([cloud, project]);
    const opening = known.get(key) ?? open(cloud, project);
    known.set(key, opening);
    return opening;
  };
}

import type { Logger } from './base/logger.ts';
import { createHttp } from './base/pool.ts';
import type { Worlds } from './host/connections.ts';
import type { Secrets } from './host/secrets.ts';
import type { Settings } from './host/settings.ts';
import type { ExecConsent } from './kubernetes/execCredential.ts';
import { openContexts } from './kubernetes/openContexts.ts';
import { createClouds } from './openstack/clouds.ts';
import { columnsOf, healthOf, idOf, nameOf } from './openstack/display.ts';
import type { Resource } from './openstack/kind.ts';
import type { KindId } from './openstack/kinds/kinds.ts';
import type { ResourceFacts } from './protocol.ts';

/** The other half of the composition root, loaded by the first gesture that needs one of the worlds: the transport and both worlds over it. */
export interface WorldParts {
  readonly log: Logger;
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly mayRun: ExecConsent;
}

/** Opens both worlds with the settings as they are now. Reads no file and contacts nobody yet. Inside VS Code the editor's own proxy settings apply. */
export function openWorlds({ log, settings, secrets, mayRun }: WorldParts): Worlds {
  const http = createHttp(log);
  const { env } = process;
  const askSecret = async (cloud: string, user: string | undefined) => {
    const server = (await clouds.list()).clouds.find(({ name }) => name === cloud)?.authUrl;
    return secrets.password({ cloud, user, server });
  };
  const clouds = createClouds({ http, env, logger: log, watch: true, extraFiles: settings.cloudFiles, askSecret });
  const contexts = openContexts({ http, env, logger: log, watch: true, extraFiles: settings.kubeconfigFiles, mayRun });
  return {
    clouds,
    contexts,
    dispose: () => {
      contexts.dispose();
      clouds.dispose();
      http.dispose();
    },
  };
}

/** The part of a resource that the language server may see: the columns of its row, nothing else. */
export function toFacts(kind: KindId, resource: Resource): ResourceFacts {
  const state = healthOf(kind, resource)?.word;
  return {
    kind,
    id: idOf(kind, resource),
    name: nameOf(kind, resource),
    ...(state ? { state } : {}),
    columns: columnsOf(kind, resource),
  };
}

export { readSchema } from './kubernetes/schemas.ts';

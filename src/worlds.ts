import type { Logger } from './base/logger.ts';
import { createHttp } from './base/pool.ts';
import type { Worlds } from './host/connections.ts';
import type { Secrets } from './host/secrets.ts';
import type { Settings } from './host/settings.ts';
import type { ExecConsent } from './kubernetes/execCredential.ts';
import { openContexts } from './kubernetes/openContexts.ts';
import { createClouds } from './openstack/clouds.ts';

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

export { readSchema } from './kubernetes/schemas.ts';
export { toFacts } from './openstack/display.ts';

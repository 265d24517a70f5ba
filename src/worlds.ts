import { success } from './base/failure.ts';
import type { Logger } from './base/logger.ts';
import { createHttp } from './base/pool.ts';
import type { OnSent } from './base/sent.ts';
import type { SchemaReader } from './host/answers.ts';
import type { BrowserPages } from './host/browserPages.ts';
import type { Worlds } from './host/connections.ts';
import type { Secrets } from './host/secrets.ts';
import type { Settings } from './host/settings.ts';
import { compactSchema } from './kubernetes/compactSchema.ts';
import type { ExecConsent } from './kubernetes/execCredential.ts';
import { openContexts } from './kubernetes/openContexts.ts';
import { findSchema, schemasVersion } from './kubernetes/schemas.ts';
import type { WindowContexts } from './kubernetes/windowContexts.ts';
import { candidates } from './openstack/candidate.ts';
import { createClouds } from './openstack/clouds.ts';
import type { AskedSecret } from './openstack/interaction.ts';

/** The other half of the composition root, loaded by the first gesture that needs one of the worlds: the transport and both worlds over it. */
export interface WorldParts {
  readonly log: Logger;
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly pages: BrowserPages;
  readonly mayRun: ExecConsent;
  readonly windowContexts: WindowContexts;
  /** Hears of every change that goes out. */
  readonly onSent: OnSent;
  /** Absolute paths of the folders that are open in this window. */
  readonly workspaceFolders: () => readonly string[];
}

/** Opens both worlds with the settings as they are now. Reads no file and contacts nobody yet. Inside VS Code the editor's own proxy settings apply. */
export function openWorlds({
  log,
  settings,
  secrets,
  pages,
  mayRun,
  windowContexts,
  workspaceFolders,
  onSent,
}: WorldParts): Worlds {
  const http = createHttp(log);
  const { env } = process;
  const askSecret = async (cloud: string, user: string | undefined, what: AskedSecret) => {
    const server = (await clouds.list()).clouds.find(({ name }) => name === cloud)?.authUrl;
    const account = { cloud, user, server };
    return what === 'passcode' ? secrets.passcode(account) : secrets.password(account, what);
  };
  const clouds = createClouds({ http, env, logger: log, watch: true, extraFiles: settings.cloudFiles, askSecret, pages, onSent });
  const extraFiles = settings.kubeconfigFiles;
  const contexts = openContexts({
    http,
    env,
    logger: log,
    watch: true,
    extraFiles,
    mayRun,
    attend: ({ user, ...page }, answered) => pages.show({ cloud: user, of: 'user', ...page }, answered),
    workspaceFolders,
    bastions: settings.bastions,
    onSent,
    window: windowContexts,
  });
  return {
    clouds,
    contexts,
    candidates: candidates(http),
    dispose: () => {
      contexts.dispose();
      clouds.dispose();
      http.dispose();
    },
  };
}

/** How the schema of a kind is read for the language server. */
export const schemaReader: SchemaReader = {
  version: schemasVersion,
  read: async (cluster, apiVersion, kind) => {
    const found = await findSchema(cluster, apiVersion, kind);
    return found.ok ? success(compactSchema(found.value)) : found;
  },
};

export { factsMatching, toFacts } from './openstack/display.ts';

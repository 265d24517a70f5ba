import { type ExtensionContext, ExtensionMode, l10n, languages, Uri, window, workspace } from 'vscode';
import { ClusterFindings } from './commands/clusterFindings.ts';
import { ClusterFindingsView } from './commands/clusterFindingsView.ts';
import { Deployments } from './commands/deployments.ts';
import { DeploymentsView } from './commands/deploymentsView.ts';
import { NamespaceFilters } from './commands/filterNamespaces.ts';
import { Forwards } from './commands/forwards.ts';
import { ForwardsView } from './commands/forwardsView.ts';
import { registerCommands } from './commands/index.ts';
import { NodeShells } from './commands/nodeShells.ts';
import { Trees } from './commands/trees.ts';
import type { WorkspaceCredentials } from './commands/workspaceCredentials.ts';
import { protectionOf } from './deploy/target.ts';
import { ListViews } from './explorer/listMemory.ts';
import { lazily } from './explorer/nodes.ts';
import { ObjectFilters } from './explorer/objectFilters.ts';
import { Opened } from './explorer/opened.ts';
import { Places } from './explorer/places.ts';
import { Tree } from './explorer/tree.ts';
import { Activity } from './host/activity.ts';
import { Answers } from './host/answers.ts';
import { Bindings } from './host/bindings.ts';
import { BrowserPages } from './host/browserPages.ts';
import { Checks } from './host/checks.ts';
import { ManifestLens } from './host/codeLens.ts';
import { Connections } from './host/connections.ts';
import { registerContextKeys } from './host/contextKeys.ts';
import { Documents } from './host/documents.ts';
import { EditedObjects } from './host/editedObjects.ts';
import { LanguageServer } from './host/languageClient.ts';
import { createLog } from './host/log.ts';
import { ObjectFiles } from './host/objectFiles.ts';
import { programConsent } from './host/programConsent.ts';
import { createPrompts } from './host/prompts.ts';
import { type HybridClustersApi, publicApi } from './host/publicApi.ts';
import { RenderedFindings } from './host/renderedFindings.ts';
import { SchemaCache } from './host/schemaCache.ts';
import { SecretConsent } from './host/secretConsent.ts';
import { Secrets } from './host/secrets.ts';
import { SeenManifests } from './host/seenManifests.ts';
import { Settings } from './host/settings.ts';
import { StatusBar } from './host/statusBar.ts';
import { tell } from './host/tell.ts';

import { LiveMetrics } from './kubernetes/liveMetrics.ts';
import { WindowContexts } from './kubernetes/windowContexts.ts';

/** Registers and returns: whatever reads, contacts or runs something is loaded by the first gesture that needs it. */
export function activate(context: ExtensionContext): HybridClustersApi {
  try {
    return start(context);
  } catch (error) {
    void window.showErrorMessage(
      l10n.t('Hybrid Clusters could not start: {0}', error instanceof Error ? error.message : String(error)),
    );
    throw error;
  }
}

/** What still has to be sent before the connections go. */
let ending: (() => Promise<void>) | undefined;

/** The window ends, or the extension is turned off: VS Code waits for it a few seconds. */
export async function deactivate(): Promise<void> {
  await ending?.();
}

function start(context: ExtensionContext): HybridClustersApi {
  const keep = <T extends { dispose(): unknown }>(one: T): T => {
    context.subscriptions.push(one);
    return one;
  };
  const log = createLog();
  const settings = keep(new Settings());
  const prompts = createPrompts();
  const secrets = new Secrets(context.secrets, prompts);
  const bindings = keep(new Bindings(settings));
  const documents = keep(new Documents());
  const deployments = keep(new Deployments(Uri.joinPath(context.globalStorageUri, 'deploys').fsPath));
  const mayRun = programConsent(prompts, context.globalState);
  const workspaceFolders = () => (workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const pages = new BrowserPages(prompts, secrets);
  const windowContexts = keep(new WindowContexts());
  const activity = new Activity();
  keep(activity.onDidChange(() => documents.renew('Activity')));
  const surroundings = { log, settings, secrets, pages, mayRun, windowContexts, workspaceFolders, onSent: activity.note };
  const connections = new Connections(async () => (await import('./worlds.ts')).openWorlds(surroundings));
  const { clouds, contexts, candidates } = connections;
  keep(
    settings.onDidChange(
      (keys) => keys.some((key) => key === 'clouds.files' || key.startsWith('kubeconfig.')) && connections.renew(),
    ),
  );
  keep(clouds.onDidChange(() => bindings.renew()));
  keep(settings.onDidChange((keys) => keys.includes('check.clusterSecrets') && bindings.renew()));
  keep(contexts.onDidChange(() => bindings.renew()));
  const mayReplace = (message: string) => prompts.confirm({ message, yes: l10n.t('Overwrite') });
  keep(new ObjectFiles(async () => (await import('./commands/objectBytes.ts')).objectBytes({ clouds, settings }), mayReplace));
  keep(
    new EditedObjects(async () =>
      (await import('./commands/objectTexts.ts')).objectTexts({ contexts, documents, prompts, log, settings }),
    ),
  );
  const secretConsent = new SecretConsent(settings, prompts);
  let madeCredentials: Promise<WorkspaceCredentials> | undefined;
  const credentials = () => {
    madeCredentials ??= import('./commands/workspaceCredentials.ts').then(({ WorkspaceCredentials }) => {
      const made = keep(new WorkspaceCredentials(clouds));
      keep(made.onDidChange(() => bindings.renew()));
      return made;
    });
    return madeCredentials;
  };
  const answers = keep(
    new Answers({
      bindings,
      clouds,
      contexts,
      toFacts: async () => (await import('./worlds.ts')).toFacts,
      factsMatching: async () => (await import('./worlds.ts')).factsMatching,
      asWhom: credentials,
      mayReadSecrets: secretConsent.mayRead.bind(secretConsent),
      isOpened: (name) => opened.clusters.some(({ context: { name: of } }) => of === name),
      schemas: async () => (await import('./worlds.ts')).schemaReader,
      beside: async () => (await import('./commands/besideFiles.ts')).besideFiles,
      definedSchemas: async () => (await import('./commands/workspaceSchemas.ts')).workspaceSchemas(),
      schemaCache: new SchemaCache(Uri.joinPath(context.globalStorageUri, 'schemas').fsPath),
    }),
  );
  const trouble = answers.trouble.bind(answers);

  const rendered = keep(
    new RenderedFindings({
      bindings,
      onDidChangeCloud: answers.onDidChange,
      load: async () =>
        (await import('./commands/renderedChecks.ts')).renderedChecks({
          bindings,
          clouds,
          settings,
          contexts,
          credentials,
          secretConsent,
        }),
      failed: (error) => log.error(error instanceof Error ? error : String(error)),
    }),
  );
  const server = keep(
    new LanguageServer({ program: context.asAbsolutePath('dist/server.js'), log, settings, bindings, answers, rendered }),
  );
  const checks = keep(new Checks(server.onDidCheck));
  keep(new SeenManifests(checks, (uris) => server.recheck(uris)));
  const protection = (name: string) =>
    protectionOf(name, { protected: settings.protectedTargets, readOnly: settings.readOnlyTargets });
  keep(new StatusBar({ bindings, checks, trouble, protection }));
  keep(new ManifestLens(bindings, checks));
  keep(registerContextKeys());
  const opened = keep(new Opened());
  const filters = keep(new NamespaceFilters(context.workspaceState));
  const places = keep(new Places(context.workspaceState, context.globalState));
  const metrics = keep(new LiveMetrics());
  const views = keep(new ListViews(context.workspaceState, context.globalState));
  const objectFilters = keep(new ObjectFilters(context.workspaceState, context.globalState));
  const isBound = (member: 'cloud' | 'context') => (name: string) => bindings.all().some((binding) => binding[member] === name);
  const asked = {
    opened,
    bound: async () => (await import('./explorer/bound.ts')).openBound(bindings.all(), { clouds, contexts }),
  };
  const cloudRows = lazily(async () => {
    const { openClouds, otherWorld } = await import('./explorer/roots.ts');
    return openClouds({ clouds, opened, otherWorld: otherWorld(asked), isBound: isBound('cloud'), places, views });
  });
  const contextRows = lazily(async () => {
    const { openContextRows, otherSide } = await import('./explorer/roots.ts');
    const sides = {
      otherSide: otherSide(asked),
      filter: filters,
      isBound: isBound('context'),
      protection,
      places,
      objectFilters,
      metrics,
    };
    return openContextRows({ contexts, opened, ...sides });
  });
  const cloudsTree = new Tree('hybridClusters.clouds', cloudRows, () => settings.refreshSeconds);
  const clustersTree = new Tree('hybridClusters.clusters', contextRows, undefined, (attended) => metrics.attend(attended));
  keep(settings.onDidChange((keys) => keys.includes('refresh.seconds') && cloudsTree.restart()));
  const trees = keep(new Trees(cloudsTree, clustersTree));
  keep(bindings.onDidChange(() => trees.look()));
  keep(settings.onDidChange((keys) => keys.some((key) => key.startsWith('targets.')) && trees.look()));
  keep(new DeploymentsView(deployments));
  const forwards = keep(new Forwards(context.workspaceState, contexts, (failure) => void tell(failure, log)));
  keep(new ForwardsView(forwards));
  const clusterFindings = keep(new ClusterFindings());
  keep(new ClusterFindingsView(clusterFindings));
  const nodeShells = new NodeShells({ memory: context.workspaceState, contexts, prompts, log });
  // What is sent then needs both, and VS Code disposes of all that is kept as soon as it begins.
  ending = async () => {
    try {
      await nodeShells.end();
    } finally {
      connections.dispose();
      log.dispose();
    }
  };
  void nodeShells.tellLeft();
  const found = keep(languages.createDiagnosticCollection('hybridClusters'));
  keep(workspace.onDidOpenTextDocument(({ uri }) => found.delete(uri)));
  const parts = {
    log,
    settings,
    prompts,
    secrets,
    bindings,
    checks,
    documents,
    trees,
    filters,
    places,
    views,
    objectFilters,
    metrics,
    candidates,
    renewWorlds: () => connections.renew(),
    found,
    rendered,
    deployments,
    forwards,
    clusterFindings,
    nodeShells,
    clouds,
    contexts,
    credentials,
    secretConsent,
    windowContexts,
    activity,
    asked,
    extensionUri: context.extensionUri,
    memory: context.workspaceState,
    trouble,
  };
  for (const one of registerCommands(parts)) keep(one);
  void deployments.wasInterrupted().then(async (was) => {
    if (was && workspace.isTrusted) await (await import('./commands/resumeDeploy.ts')).offerResume(parts);
  });
  const { version } = context.extension.packageJSON as { readonly version: string };
  const api = publicApi(bindings, version);
  return context.extensionMode === ExtensionMode.Test ? Object.assign(api, { prompts, trees }) : api;
}

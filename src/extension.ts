import { type ExtensionContext, ExtensionMode, l10n, languages, window, workspace } from 'vscode';
import { Deployments } from './commands/deployments.ts';
import { DeploymentsView } from './commands/deploymentsView.ts';
import { NamespaceFilters } from './commands/filterNamespaces.ts';
import { registerCommands } from './commands/index.ts';
import { Trees } from './commands/trees.ts';
import { protectionOf } from './deploy/target.ts';
import { lazily } from './explorer/nodes.ts';
import { Opened } from './explorer/opened.ts';
import { Tree } from './explorer/tree.ts';
import { Answers } from './host/answers.ts';
import { Bindings } from './host/bindings.ts';
import { Checks } from './host/checks.ts';
import { ManifestLens } from './host/codeLens.ts';
import { Connections } from './host/connections.ts';
import { registerContextKeys } from './host/contextKeys.ts';
import { Documents } from './host/documents.ts';
import { LanguageServer } from './host/languageClient.ts';
import { createLog } from './host/log.ts';
import { programConsent } from './host/programConsent.ts';
import { createPrompts } from './host/prompts.ts';
import { Secrets } from './host/secrets.ts';
import { Settings } from './host/settings.ts';
import { StatusBar } from './host/statusBar.ts';

/** Registers and returns: whatever reads, contacts or runs something is loaded by the first gesture that needs it. */
export function activate(context: ExtensionContext): object | undefined {
  try {
    return start(context);
  } catch (error) {
    void window.showErrorMessage(
      l10n.t('Hybrid Clusters could not start: {0}', error instanceof Error ? error.message : String(error)),
    );
    throw error;
  }
}

function start(context: ExtensionContext): object | undefined {
  const keep = <T extends { dispose(): unknown }>(one: T): T => {
    context.subscriptions.push(one);
    return one;
  };
  const log = keep(createLog());
  const settings = keep(new Settings());
  const prompts = createPrompts();
  const secrets = new Secrets(context.secrets, prompts);
  const bindings = keep(new Bindings(settings));
  const documents = keep(new Documents());
  const deployments = keep(new Deployments());
  const mayRun = programConsent(prompts, context.globalState);
  const connections = keep(
    new Connections(async () => (await import('./worlds.ts')).openWorlds({ log, settings, secrets, mayRun })),
  );
  const { clouds, contexts } = connections;
  keep(
    settings.onDidChange(
      (keys) => keys.some((key) => key === 'clouds.files' || key === 'kubeconfig.files') && connections.renew(),
    ),
  );
  keep(clouds.onDidChange(() => bindings.renew()));
  keep(contexts.onDidChange(() => bindings.renew()));
  const answers = keep(
    new Answers({
      bindings,
      clouds,
      contexts,
      toFacts: async () => (await import('./worlds.ts')).toFacts,
      readSchema: async () => (await import('./worlds.ts')).readSchema,
    }),
  );
  const trouble = answers.trouble.bind(answers);

  const server = keep(
    new LanguageServer({ program: context.asAbsolutePath('dist/server.js'), log, settings, bindings, answers }),
  );
  const checks = keep(new Checks(server.onDidCheck));
  const protection = (name: string) =>
    protectionOf(name, { protected: settings.protectedTargets, readOnly: settings.readOnlyTargets });
  keep(new StatusBar({ bindings, checks, trouble, protection }));
  keep(new ManifestLens(bindings, checks));
  keep(registerContextKeys());
  const opened = keep(new Opened());
  const filters = keep(new NamespaceFilters(context.workspaceState));
  const isBound = (member: 'cloud' | 'context') => (name: string) => bindings.all().some((binding) => binding[member] === name);
  const asked = {
    opened,
    bound: async () => (await import('./explorer/bound.ts')).openBound(bindings.all(), { clouds, contexts }),
  };
  const cloudRows = lazily(async () => {
    const { openClouds, otherWorld } = await import('./explorer/roots.ts');
    return openClouds({ clouds, opened, otherWorld: otherWorld(asked), isBound: isBound('cloud') });
  });
  const contextRows = lazily(async () => {
    const { openContextRows, otherSide } = await import('./explorer/roots.ts');
    const sides = { otherSide: otherSide(asked), filter: filters, isBound: isBound('context'), protection };
    return openContextRows({ contexts, opened, ...sides });
  });
  const cloudsTree = new Tree('hybridClusters.clouds', cloudRows, () => settings.refreshSeconds);
  keep(settings.onDidChange((keys) => keys.includes('refresh.seconds') && cloudsTree.arm()));
  const trees = keep(new Trees(cloudsTree, new Tree('hybridClusters.clusters', contextRows)));
  keep(bindings.onDidChange(() => trees.look()));
  keep(new DeploymentsView(deployments));
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
    found,
    deployments,
    clouds,
    contexts,
    memory: context.workspaceState,
    trouble,
  };
  for (const one of registerCommands(parts)) keep(one);
  return context.extensionMode === ExtensionMode.Test ? { prompts, trees } : undefined;
}

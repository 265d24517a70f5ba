import {
  commands,
  type DiagnosticCollection,
  type Disposable,
  type LogOutputChannel,
  type Memento,
  Uri,
  workspace,
} from 'vscode';
import type { Failure } from '../base/failure.ts';
import type { Binding } from '../binding/binding.ts';
import { cloudOfNode, idOfNode, nameOfNode } from '../explorer/identity.ts';
import type { Node } from '../explorer/nodes.ts';
import type { Bindings } from '../host/bindings.ts';
import type { Checks } from '../host/checks.ts';
import type { Documents } from '../host/documents.ts';
import type { Prompts } from '../host/prompts.ts';
import type { Secrets } from '../host/secrets.ts';
import type { Settings } from '../host/settings.ts';
import { placeInFront } from '../host/statusBar.ts';
import type { Contexts } from '../kubernetes/cluster.ts';
import type { Clouds } from '../openstack/cloud.ts';
import { addFile, cloudsFile, kubeconfigFile } from './addFile.ts';
import { bindFolder } from './bindFolder.ts';
import { chooseFolder } from './chooseFolder.ts';
import { choosePlaces } from './choosePlaces.ts';
import { copy } from './copy.ts';
import type { Deployments } from './deployments.ts';
import { subjectOf } from './deploymentsView.ts';
import { filterNamespaces, type NamespaceFilters } from './filterNamespaces.ts';
import { openSource } from './openSource.ts';
import { signIn, signOut } from './signIn.ts';
import { nodeOf, type Trees } from './trees.ts';
import { where } from './where.ts';

/** Everything a command may need; each takes of it what it names. */
export interface Parts {
  readonly log: LogOutputChannel;
  readonly settings: Settings;
  readonly prompts: Prompts;
  readonly secrets: Secrets;
  readonly bindings: Bindings;
  readonly checks: Checks;
  readonly documents: Documents;
  readonly deployments: Deployments;
  readonly trees: Trees;
  /** What *Check Workspace* found in files that are not open. */
  readonly found: DiagnosticCollection;
  readonly filters: NamespaceFilters;
  readonly clouds: Clouds;
  readonly contexts: Contexts;
  /** What this workspace remembers. */
  readonly memory: Memento;
  /** Why the cloud of a binding could not be asked the last time. */
  readonly trouble: (binding: Binding) => Failure | undefined;
}

/** Gets what VS Code hands over: the row or file it was called on, and all that are selected; nothing from the palette. */
type Handler = (...args: readonly unknown[]) => unknown;

/** Commands that look and copy only: the others do nothing in Restricted Mode, hidden or not. */
const harmless: readonly string[] = ['hybridClusters.showLog', 'hybridClusters.getStarted'];

/** The table: id → handler. What deploys is loaded by its first use. */
export function handlers(parts: Parts): Readonly<Record<string, Handler>> {
  const { prompts, bindings, clouds, contexts, deployments, documents, log, trees } = parts;
  const deploy = async (args: readonly unknown[], always: boolean) => {
    const places = await choosePlaces(prompts, args);
    const { applyDeploy } = await import('./applyDeploy.ts');
    await applyDeploy(parts, places, { always });
  };
  /** The row a command was called on; from the palette, the one that is selected. */
  const rowOf = (row: unknown) => (row === undefined ? trees.selected[0] : nodeOf(row));
  /** The rows a command is about: all selected ones, else the one it was called on. */
  const rowsOf = (row: unknown, all: unknown): readonly Node[] =>
    row === undefined ? trees.selected : (Array.isArray(all) && all.length > 0 ? all : [row]).flatMap((one) => nodeOf(one) ?? []);
  /** Signed in or out, every row may be another. */
  const renewing = async (done: Promise<void>) => {
    await done;
    trees.refresh();
  };
  return {
    'hybridClusters.applyDeploy': (...args) => deploy(args, false),
    'hybridClusters.plan': (...args) => deploy(args, true),
    'hybridClusters.deployPlan': () => deployments.pending?.proceed(),
    'hybridClusters.dismissPlan': () => deployments.pending?.dismiss(),
    'hybridClusters.cancelRun': () => deployments.history.running?.cancel(),
    'hybridClusters.showDiff': async (row) => (await import('./showDiff.ts')).showDiff(parts, subjectOf(row)),
    'hybridClusters.openStep': async (row) => (await import('./openStep.ts')).openStep(parts, subjectOf(row)),
    'hybridClusters.openLogs': async (row) =>
      (await import('./openStep.ts')).openLogs(parts, subjectOf(row) ?? nodeOf(row)?.row.subject),
    'hybridClusters.openReport': async (row) => (await import('./openStep.ts')).openReport(parts, subjectOf(row)),
    'hybridClusters.bindFolder': (place) => bindFolder(parts, place instanceof Uri ? place : undefined),
    'hybridClusters.unbindFolder': async (place) =>
      bindings.bind(await chooseFolder(prompts, place instanceof Uri ? place : placeInFront()), undefined),
    'hybridClusters.where': () => where(parts),
    'hybridClusters.addCloud': async () =>
      addFile(cloudsFile, filesOf((await clouds.list()).clouds.map(({ source }) => source?.file)), prompts),
    'hybridClusters.addKubeconfig': async () =>
      addFile(kubeconfigFile, filesOf((await contexts.list()).contexts.map(({ source }) => source.file)), prompts),
    'hybridClusters.signIn': (row) => renewing(signIn(parts, cloudOf(row))),
    'hybridClusters.signOut': (row) => renewing(signOut(parts, cloudOf(row))),
    'hybridClusters.findResource': async (query) => (await import('./findResource.ts')).findResource(parts, kindIn(query)),
    'hybridClusters.filterNamespaces': (row) => filterNamespaces(parts, nodeOf(row)?.row.subject),
    'hybridClusters.refresh': (row) => trees.refresh(nodeOf(row)),
    'hybridClusters.retry': (row) => trees.refresh(nodeOf(row)?.parent),
    'hybridClusters.loadMore': (row) => onNode(row, (node) => trees.loadMore(node)),
    'hybridClusters.reveal': async (what) => (await import('./reveal.ts')).reveal(parts, what),
    'hybridClusters.openDetails': async (row) =>
      (await import('./details.ts')).openDetails(documents, rowOf(row)?.row.subject, 'yaml'),
    'hybridClusters.openJson': async (row) =>
      (await import('./details.ts')).openDetails(documents, rowOf(row)?.row.subject, 'json'),
    'hybridClusters.openSource': (row) => openSource(row),
    'hybridClusters.copyId': (row, all) => copy(typeof row === 'string' ? [row] : rowsOf(row, all).map((node) => idOfNode(node))),
    'hybridClusters.copyName': (row, all) => copy(rowsOf(row, all).map((node) => nameOfNode(node))),
    'hybridClusters.checkWorkspace': async () => (await import('./checkWorkspace.ts')).checkWorkspace(parts),
    'hybridClusters.showLog': () => log.show(),
    'hybridClusters.getStarted': () =>
      commands.executeCommand('workbench.action.openWalkthrough', 'hybrid-clusters.hybrid-clusters#start'),
  };
}

/** Registers the table. A command can be called although it is hidden, so trust is looked at again; an unexpected error is logged whole and told in one sentence. */
export function registerCommands(parts: Parts): Disposable[] {
  return Object.entries(handlers(parts)).map(([id, handler]) =>
    commands.registerCommand(id, async (...args: readonly unknown[]) => {
      if (!workspace.isTrusted && !harmless.includes(id)) return;
      try {
        return await handler(...args);
      } catch (error) {
        parts.log.error(error instanceof Error ? error : String(error));
        throw error;
      }
    }),
  );
}

const filesOf = (files: readonly (string | undefined)[]) => [...new Set(files.filter((file) => file !== undefined))];

/** The cloud a row is about, or its name as handed over by another command. */
function cloudOf(row: unknown): string | undefined {
  const node = nodeOf(row);
  return typeof row === 'string' ? row : node && cloudOfNode(node);
}

const onNode = (row: unknown, run: (node: Node) => unknown) => {
  const node = nodeOf(row);
  return node && run(node);
};

const kindIn = (query: unknown) =>
  typeof query === 'object' && query !== null && 'kind' in query && typeof query.kind === 'string' ? query.kind : undefined;

import {
  commands,
  type DiagnosticCollection,
  type Disposable,
  type LogOutputChannel,
  l10n,
  type Memento,
  Uri,
  workspace,
} from 'vscode';
import type { Failure } from '../base/failure.ts';
import type { Binding } from '../binding/binding.ts';
import { cloudOfNode, idOfNode, nameOfNode } from '../explorer/identity.ts';
import type { ListViews } from '../explorer/listMemory.ts';
import type { Node } from '../explorer/nodes.ts';
import type { ObjectFilters } from '../explorer/objectFilters.ts';
import type { Places } from '../explorer/places.ts';
import type { Asked } from '../explorer/relatedNodes.ts';
import type { Activity } from '../host/activity.ts';
import type { Bindings } from '../host/bindings.ts';
import type { Checks } from '../host/checks.ts';
import type { Documents } from '../host/documents.ts';
import type { Prompts } from '../host/prompts.ts';
import type { RenderedFindings } from '../host/renderedFindings.ts';
import type { SecretConsent } from '../host/secretConsent.ts';
import type { Secrets } from '../host/secrets.ts';
import type { Settings } from '../host/settings.ts';
import { placeInFront } from '../host/statusBar.ts';
import type { Contexts } from '../kubernetes/cluster.ts';
import type { LiveMetrics } from '../kubernetes/liveMetrics.ts';
import { objectWords } from '../kubernetes/objectActions.ts';
import type { WindowContexts } from '../kubernetes/windowContexts.ts';
import { type ActionWord, actionWords } from '../openstack/actions/actionWords.ts';
import type { Candidates } from '../openstack/candidate.ts';
import type { Clouds } from '../openstack/cloud.ts';
import type { KindId } from '../openstack/kinds/kinds.ts';
import type { ActTarget } from './actTarget.ts';
import { addFile, filesOf, kubeconfigFile } from './addFile.ts';
import { bindFolder } from './bindFolder.ts';
import { chooseFolder } from './chooseFolder.ts';
import { choosePlaces } from './choosePlaces.ts';
import type { ClusterFindings } from './clusterFindings.ts';
import { findingsOf } from './clusterFindingsView.ts';
import { copy } from './copy.ts';
import type { Deployments } from './deployments.ts';
import { subjectOf } from './deploymentsView.ts';
import { filterNamespaces, focusNamespace, type NamespaceFilters, typeNamespace } from './filterNamespaces.ts';
import type { Forwards } from './forwards.ts';
import { isRowLost } from './lostRow.ts';
import type { NodeShells } from './nodeShells.ts';
import type { OpenLogs } from './openLogs.ts';
import { openSource } from './openSource.ts';
import { signIn, signOut } from './signIn.ts';
import { nodeOf, type Trees } from './trees.ts';
import { where } from './where.ts';
import type { AccessQuestion } from './whoCan.ts';
import type { WorkspaceCredentials } from './workspaceCredentials.ts';

/** Everything a command may need; each takes of it what it names. */
export interface Parts {
  readonly log: LogOutputChannel;
  readonly settings: Settings;
  readonly credentials: () => Promise<WorkspaceCredentials>;
  readonly secretConsent: SecretConsent;
  readonly prompts: Prompts;
  readonly secrets: Secrets;
  readonly bindings: Bindings;
  readonly checks: Checks;
  readonly documents: Documents;
  readonly deployments: Deployments;
  readonly trees: Trees;
  /** What *Check Workspace* found in files that are not open. */
  readonly found: DiagnosticCollection;
  /** Findings of what is rendered. */
  readonly rendered: RenderedFindings;
  readonly filters: NamespaceFilters;
  /** How the user arranged *Clouds* and *Clusters*. */
  readonly places: Places;
  /** By what the user narrowed lists of objects. */
  readonly objectFilters: ObjectFilters;
  /** How the user wants lists shown. */
  readonly views: ListViews;
  readonly forwards: Forwards;
  /** The last check of a cluster. */
  readonly clusterFindings: ClusterFindings;
  /** The shells on nodes that are open. */
  readonly nodeShells: NodeShells;
  readonly clouds: Clouds;
  readonly contexts: Contexts;
  /** What holds for contexts in this window only. */
  readonly windowContexts: WindowContexts;
  /** What is used of CPU and memory where somebody looks. */
  readonly metrics: LiveMetrics;
  /** What went out from this window to change something. */
  readonly activity: Activity;
  /** Tries what may become an entry of clouds.yaml. */
  readonly candidates: Candidates;
  /** Lets go of everything that is open and reads all files anew. */
  readonly renewWorlds: () => Promise<void>;
  /** Where the other world of a row is looked for. */
  readonly asked: Asked;
  /** Where the extension's own files are. */
  readonly extensionUri: Uri;
  /** What this workspace remembers. */
  readonly memory: Memento;
  /** Why the cloud of a binding could not be asked the last time. */
  readonly trouble: (binding: Binding) => Failure | undefined;
}

/** Gets what VS Code hands over: the row or file it was called on, and all that are selected; nothing from the palette. */
type Handler = (...args: readonly unknown[]) => unknown;

/** Commands that look and copy only: the others are refused in Restricted Mode, hidden or not. */
const harmless: readonly string[] = ['hybridClusters.showLog', 'hybridClusters.activityLog', 'hybridClusters.getStarted'];

/** The table: id → handler. What deploys is loaded by its first use. */
export function handlers(parts: Parts): Readonly<Record<string, Handler>> {
  const { prompts, bindings, clusterFindings, contexts, deployments, log, trees } = parts;
  let last: Awaited<ReturnType<typeof choosePlaces>> = [];
  /** What a deploy is about, which is kept in mind for the next gesture. */
  const placesOf = async (args: readonly unknown[]) => {
    last = await choosePlaces(prompts, args, last);
    return last;
  };
  const deploy = async (args: readonly unknown[], always: boolean) => {
    const places = await placesOf(args);
    const { applyDeploy } = await import('./applyDeploy.ts');
    await applyDeploy(parts, places, { always });
  };
  /** The row a command was called on; from the palette, the one that is selected. */
  const rowOf = (row: unknown) => (row === undefined ? trees.selected[0] : nodeOf(row));
  /** The rows a command is about: all selected ones, else the one it was called on. */
  const rowsOf = (row: unknown, all: unknown): readonly Node[] =>
    row === undefined ? trees.selected : (Array.isArray(all) && all.length > 0 ? all : [row]).flatMap((one) => nodeOf(one) ?? []);
  const choose = async (kind: KindId) => (await import('./chooseResource.ts')).chooseOne(parts, kind);
  /** The server that a command was called on, or that is picked. */
  const onResource = async (row: unknown, run: (one: ActTarget) => unknown) => {
    const subject = rowOf(row)?.row.subject;
    const server = subject?.of === 'resource' ? subject : await choose('compute.server');
    return server && run(server);
  };
  /** The resource of a kind that a command was called on, or that is picked. */
  const onKind = async (kind: KindId, row: unknown, run: (one: ActTarget) => unknown) => {
    const subject = rowOf(row)?.row.subject;
    const one = subject?.of === 'resource' && subject.kind === kind ? subject : await choose(kind);
    return one && run(one);
  };
  const importFrom = async (from: 'clipboard' | 'file') => (await import('./importKubeconfig.ts')).takeKubeconfig(parts, from);
  /** Signed in or out, every row may be another. */
  const renewing = async (done: Promise<void>) => {
    await done;
    trees.refresh();
  };
  let logs: Promise<OpenLogs> | undefined;
  const openLogs = () => {
    logs ??= import('./openLogs.ts').then((module) => new module.OpenLogs(parts));
    return logs;
  };
  /** From the palette, the selected row counts only if it has a log. */
  const logRowOf = (row: unknown) =>
    row === undefined ? trees.selected.find(({ row: one }) => one.words.includes('can:logs')) : nodeOf(row);
  /** From the palette, the selected row counts only if it is on a map. */
  const mapRowOf = (row: unknown) =>
    row === undefined ? trees.selected.find(({ row: one }) => one.words.includes('can:openMap')) : nodeOf(row);
  /** A row, or the object that another command hands over; from the palette, the selected row counts only if its pods come again. */
  const provenRow = (row: unknown) =>
    (row === undefined ? trees.selected.find(({ row: one }) => one.words.includes('can:proveIt')) : nodeOf(row))?.row.subject;
  return {
    'hybridClusters.applyDeploy': (...args) => deploy(args, false),
    'hybridClusters.plan': (...args) => deploy(args, true),
    'hybridClusters.undeploy': async (...args) => (await import('./undeploy.ts')).undeploy(parts, await placesOf(args)),
    'hybridClusters.handOverToFlux': async (...args) =>
      (await import('./handOver.ts')).handOverTo(parts, 'flux', await placesOf(args)),
    'hybridClusters.handOverToArgo': async (...args) =>
      (await import('./handOver.ts')).handOverTo(parts, 'argo', await placesOf(args)),
    'hybridClusters.releaseOwnership': async (...args) =>
      (await import('./releaseOwnership.ts')).releaseOwnership(parts, await placesOf(args)),
    'hybridClusters.deployContinuously': async (...args) =>
      (await import('./deployContinuously.ts')).deployContinuously(parts, await placesOf(args)),
    'hybridClusters.keepDeployed': async (...args) =>
      (await import('./keepDeployed.ts')).keepDeployed(parts, () => placesOf(args)),
    'hybridClusters.stopKeeping': async () => (await import('./keepDeployed.ts')).stopKeeping(parts),
    'hybridClusters.proveIt': async (row) => (await import('./proveIt.ts')).proveIt(parts, provenRow(row) ?? row),
    'hybridClusters.deployPlan': () => deployments.pending?.proceed(),
    'hybridClusters.dismissPlan': () => deployments.pending?.dismiss(),
    'hybridClusters.resumeDeploy': async () => (await import('./resumeDeploy.ts')).resumeDeploy(parts),
    'hybridClusters.rollBackDeploy': async (row) => (await import('./rollBackDeploy.ts')).rollBackDeploy(parts, subjectOf(row)),
    'hybridClusters.cancelRun': () => deployments.cancel(),
    'hybridClusters.showMatrix': async (row) => {
      const subject = subjectOf(row);
      await (await import('./applyTargets.ts')).showMatrix(parts, subject?.of === 'targets' ? subject.plan : undefined);
    },
    'hybridClusters.showDiff': async (row) => (await import('./showDiff.ts')).showDiff(parts, subjectOf(row)),
    'hybridClusters.openStep': async (row) => (await import('./openStep.ts')).openStep(parts, subjectOf(row)),
    'hybridClusters.openLogs': async (row) => (await openLogs()).open(subjectOf(row) ?? logRowOf(row)?.row.subject),
    'hybridClusters.logActions': async () => (await openLogs()).act('actions'),
    'hybridClusters.pauseLog': async () => (await openLogs()).act('pause'),
    'hybridClusters.filterLog': async () => (await openLogs()).act('filter'),
    'hybridClusters.saveLog': async () => (await openLogs()).act('save'),
    'hybridClusters.openLogDocument': async () => (await openLogs()).act('document'),
    'hybridClusters.fixInFile': async (row) => (await import('./fixInFile.ts')).chooseFix(parts, subjectOf(row)),
    'hybridClusters.compareRuns': async (row) => (await import('./compareRuns.ts')).compareRuns(parts, subjectOf(row)),
    'hybridClusters.openReport': async (row) => (await import('./openStep.ts')).openReport(parts, subjectOf(row)),
    'hybridClusters.bindFolder': (place) => bindFolder(parts, place instanceof Uri ? place : undefined),
    'hybridClusters.unbindFolder': async (place) =>
      bindings.bind(await chooseFolder(prompts, place instanceof Uri ? place : placeInFront()), undefined),
    'hybridClusters.where': () => where(parts),
    'hybridClusters.addCloud': async () => (await import('./addCloud.ts')).addCloud(parts),
    'hybridClusters.addKubeconfig': async () =>
      addFile(
        kubeconfigFile,
        filesOf((await contexts.list()).contexts.map(({ source }) => source.file)),
        prompts,
        (['clipboard', 'file'] as const).map((from) => ({
          label:
            from === 'clipboard'
              ? `$(clippy) ${l10n.t('Import from the clipboard…')}`
              : `$(cloud-download) ${l10n.t('Import a file…')}`,
          detail: l10n.t('Takes its contexts into a kubeconfig; the difference is shown first.'),
          value: () => importFrom(from),
        })),
      ),
    'hybridClusters.importKubeconfig': () => importFrom('clipboard'),
    'hybridClusters.signIn': (row) => renewing(signIn(parts, cloudOf(row))),
    'hybridClusters.signOut': (row) => renewing(signOut(parts, cloudOf(row))),
    'hybridClusters.useInterface': async (row) => {
      const node = rowOf(row);
      const { useInterface } = await import('./useInterface.ts');
      if (await useInterface(parts, node?.row.subject)) trees.refresh(node?.parent);
    },
    'hybridClusters.findResource': async (query) => (await import('./findResource.ts')).findResource(parts, kindIn(query)),
    'hybridClusters.pin': async (row) => (await import('./arrange.ts')).pin(parts, rowOf(row)?.row.subject, true),
    'hybridClusters.unpin': async (row) => (await import('./arrange.ts')).pin(parts, rowOf(row)?.row.subject, false),
    'hybridClusters.hide': async (row) => (await import('./arrange.ts')).hide(parts, rowOf(row)?.row.subject),
    'hybridClusters.showHidden': async () => (await import('./arrange.ts')).showHidden(parts),
    'hybridClusters.filterClouds': async (row) =>
      (await import('./arrange.ts')).filterPlaces(parts, 'clouds', nodeOf(row)?.row.subject),
    'hybridClusters.filterContexts': async (row) =>
      (await import('./arrange.ts')).filterPlaces(parts, 'clusters', nodeOf(row)?.row.subject),
    'hybridClusters.makeCurrent': async (row) => (await import('./arrange.ts')).makeCurrent(parts, rowOf(row)?.row.subject),
    'hybridClusters.filterList': async (row) =>
      (await import('./filterObjects.ts')).filterAnyList(parts, rowOf(row)?.row.subject),
    'hybridClusters.clearFilter': async (row) =>
      (await import('./filterObjects.ts')).clearAnyFilter(parts, rowOf(row)?.row.subject),
    'hybridClusters.sortList': async (row) => (await import('./listView.ts')).sortList(parts, rowOf(row)?.row.subject),
    'hybridClusters.showAllProjects': async (row) =>
      (await import('./listView.ts')).showAllProjects(parts, rowOf(row)?.row.subject, true),
    'hybridClusters.showOneProject': async (row) =>
      (await import('./listView.ts')).showAllProjects(parts, rowOf(row)?.row.subject, false),
    'hybridClusters.filterNamespaces': (row) => filterNamespaces(parts, nodeOf(row)?.row.subject),
    'hybridClusters.openAsContext': async (row) =>
      (await import('./windowContext.ts')).openAsContext(parts, nodeOf(row)?.row.subject),
    'hybridClusters.closeContext': async (row) =>
      (await import('./windowContext.ts')).closeContext(parts, nodeOf(row)?.row.subject),
    'hybridClusters.actAs': async (row) => (await import('./windowContext.ts')).actAs(parts, nodeOf(row)?.row.subject),
    'hybridClusters.openRelease': async (row) =>
      (await import('./openRelease.ts')).openRelease(parts, rowOf(row)?.row.subject, false),
    'hybridClusters.revealRelease': async (row) =>
      (await import('./openRelease.ts')).openRelease(parts, rowOf(row)?.row.subject, true),
    'hybridClusters.compareRelease': async (row) =>
      (await import('./openRelease.ts')).compareRelease(parts, rowOf(row)?.row.subject),
    'hybridClusters.focusNamespace': (row) => focusNamespace(parts, rowOf(row)?.row.subject),
    'hybridClusters.rollBackRelease': async (row) =>
      (await import('./rollBackRelease.ts')).rollBackRelease(parts, rowOf(row)?.row.subject),
    'hybridClusters.typeNamespace': (row) => typeNamespace(parts, nodeOf(row)?.row.subject),
    'hybridClusters.refresh': async (row) => (await renewed(nodeOf(row))) || trees.refresh(nodeOf(row)),
    'hybridClusters.retry': (row) => trees.refresh(nodeOf(row)?.parent),
    'hybridClusters.loadMore': (row) => onNode(row, (node) => trees.loadMore(node)),
    'hybridClusters.reveal': async (what) => (await import('./reveal.ts')).reveal(parts, what),
    // A click hands over the row alone, a menu all that are selected, too.
    'hybridClusters.openDetails': async (row, all) =>
      (await import('./details.ts')).openDetails(parts, rowOf(row)?.row.subject, 'yaml', row !== undefined && all === undefined),
    'hybridClusters.openJson': async (row) => (await import('./details.ts')).openDetails(parts, rowOf(row)?.row.subject, 'json'),
    'hybridClusters.openSource': (row) => openSource(row),
    'hybridClusters.copyId': (row, all) => copy(typeof row === 'string' ? [row] : rowsOf(row, all).map((node) => idOfNode(node))),
    'hybridClusters.copyName': (row, all) => copy(rowsOf(row, all).map((node) => nameOfNode(node))),
    'hybridClusters.create': async (row) => (await import('./create.ts')).create(parts, nodeOf(row)),
    'hybridClusters.openConsoleLog': async (row) =>
      onResource(row, async (one) => (await import('./openConsole.ts')).openConsoleLog(parts.documents, one)),
    'hybridClusters.openConsole': async (row) =>
      onResource(row, async (one) => (await import('./openConsole.ts')).openConsole(log, one)),
    'hybridClusters.openSsh': async (row) => onResource(row, async (one) => (await import('./openSsh.ts')).openSsh(parts, one)),
    'hybridClusters.openObject': async (row) => (await import('./openObject.ts')).openObject(parts, nodeOf(row)),
    'hybridClusters.uploadFiles': async (row) => (await import('./uploadObjects.ts')).uploadObjects(parts, nodeOf(row), 'files'),
    'hybridClusters.uploadFolder': async (row) =>
      (await import('./uploadObjects.ts')).uploadObjects(parts, nodeOf(row), 'folders'),
    'hybridClusters.downloadObjects': async (row, all) =>
      (await import('./downloadObjects.ts')).downloadObjects(parts, row === undefined ? [] : rowsOf(row, all)),
    'hybridClusters.deleteObjects': async (row, all) =>
      (await import('./deleteObjects.ts')).deleteObjects(parts, row === undefined ? [] : rowsOf(row, all)),
    'hybridClusters.previewStack': async (row) =>
      (await import('./previewStack.ts')).previewStack(parts, rowOf(row)?.row.subject),
    'hybridClusters.uploadImage': async (row) =>
      (await import('./imageFiles.ts')).uploadImageFile(parts, nodeOf(row)?.row.subject),
    'hybridClusters.downloadImage': (row) =>
      onKind('image.image', row, async (one) => (await import('./imageFiles.ts')).downloadImageFile(parts, one)),
    'hybridClusters.copyPayload': (row) =>
      onKind('key-manager.secret', row, async (one) => (await import('./payload.ts')).copyPayload(parts, one)),
    'hybridClusters.revealPayload': (row) =>
      onKind('key-manager.secret', row, async (one) => (await import('./payload.ts')).revealPayload(parts, one)),
    'hybridClusters.addKubeconfigOfCluster': (row) =>
      onKind('container-infrastructure-management.cluster', row, async (one) =>
        (await import('./clusterKubeconfig.ts')).addKubeconfigOfCluster(parts, one),
      ),
    'hybridClusters.rotateCredential': (row) =>
      onKind('identity.application_credential', row, async (one) =>
        (await import('./rotateCredential.ts')).rotateApplicationCredential(parts, one),
      ),
    'hybridClusters.editObject': async (row) => (await import('./editObject.ts')).editObject(parts, rowOf(row)),
    'hybridClusters.describe': async (row) => (await import('./describe.ts')).describe(parts, rowOf(row)),
    'hybridClusters.whoCan': async (about) =>
      (await import('./whoCan.ts')).openWhoCan(parts, questionIn(about) ?? rowOf(about)?.row.subject),
    'hybridClusters.whatMayI': async (row) => (await import('./whoCan.ts')).openWhatMayI(parts, rowOf(row)?.row.subject),
    'hybridClusters.top': async (row) => (await import('./top.ts')).top(parts, rowOf(row)),
    'hybridClusters.showEvents': async (row) => (await import('./showEvents.ts')).showEvents(parts, rowOf(row)),
    'hybridClusters.explain': async (what) => {
      const { explain, explainedIn } = await import('./explain.ts');
      return explain(parts, explainedIn(what) ?? nodeOf(what));
    },
    'hybridClusters.openMap': async (row) => (await import('./openMap.ts')).openMap(parts, mapRowOf(row)),
    'hybridClusters.copyKey': async (row) => (await import('./objectKeys.ts')).copyKey(parts, rowOf(row)),
    'hybridClusters.openKey': async (row) => (await import('./objectKeys.ts')).openKey(parts, rowOf(row)),
    'hybridClusters.compareObjects': async (row, all) =>
      (await import('./compareObjects.ts')).compareObjects(parts, rowsOf(row, all)),
    'hybridClusters.compareWithLive': async () => (await import('./compareObjects.ts')).compareWithLive(parts),
    'hybridClusters.rollBack': async (row) => (await import('./rollBack.ts')).rollBack(parts, rowOf(row)),
    'hybridClusters.copyToken': async (row) => (await import('./copyToken.ts')).copyToken(parts, rowOf(row)),
    'hybridClusters.drainNode': async (row) => (await import('./drainNode.ts')).drainNode(parts, rowOf(row)),
    'hybridClusters.openTerminal': async (row) => (await import('./openTerminal.ts')).openTerminal(parts, rowOf(row)),
    'hybridClusters.attach': async (row) => (await import('./openTerminal.ts')).attach(parts, rowOf(row)),
    'hybridClusters.openNodeShell': async (row) => (await import('./openNodeShell.ts')).openNodeShell(parts, rowOf(row)),
    'hybridClusters.debugPod': async (row) => (await import('./debugPod.ts')).debugPod(parts, rowOf(row)),
    'hybridClusters.copyFromPod': async (row) => (await import('./copyFiles.ts')).copyFrom(parts, rowOf(row)),
    'hybridClusters.copyToPod': async (row) => (await import('./copyFiles.ts')).copyTo(parts, rowOf(row)),
    'hybridClusters.forwardPort': async (row) => (await import('./forwardPort.ts')).forwardPort(parts, rowOf(row)),
    'hybridClusters.startForward': async (row) => (await import('./forwardPort.ts')).startForward(parts, row),
    'hybridClusters.stopForward': async (row) => (await import('./forwardPort.ts')).stopForward(parts, row),
    'hybridClusters.removeForward': async (row) => (await import('./forwardPort.ts')).removeForward(parts, row),
    'hybridClusters.openForward': async (row) => (await import('./forwardPort.ts')).openForward(parts, row),
    'hybridClusters.copyForward': async (row) => (await import('./forwardPort.ts')).copyForward(parts, row),
    ...onResources(async (word, row, all) => (await import('./act.ts')).act(parts, word, rowsOf(row, all))),
    ...Object.fromEntries(
      objectWords.map((word) => [
        `hybridClusters.${word}`,
        async (row: unknown, all: unknown) => (await import('./actOnObject.ts')).actOnObject(parts, word, rowsOf(row, all)),
      ]),
    ),
    'hybridClusters.copyCurl': async (row) =>
      onResource(row, async (one) => (await import('./copyCurl.ts')).copyCurl(parts, one)),
    'hybridClusters.findObject': async (text) =>
      (await import('./findObject.ts')).findObject(parts, typeof text === 'string' ? text : ''),
    'hybridClusters.findAddress': async () => (await import('./findAddress.ts')).findAddress(parts),
    'hybridClusters.checkWorkspace': async () => (await import('./checkWorkspace.ts')).checkWorkspace(parts),
    'hybridClusters.checkCluster': async (row) =>
      (await import('./checkCluster.ts')).checkCluster(parts, nodeOf(row)?.row.subject),
    'hybridClusters.checkBeforeUpgrade': async (row) =>
      (await import('./checkCluster.ts')).checkBeforeUpgrade(parts, nodeOf(row)?.row.subject),
    'hybridClusters.checkAgain': () => clusterFindings.again(),
    'hybridClusters.openFinding': async (row) =>
      (await import('./openFinding.ts')).openFinding(parts, clusterFindings.report, findingsOf([row])[0]),
    'hybridClusters.copyFindings': async (row, all) =>
      (await import('./openFinding.ts')).copyFindings(findingsOf(Array.isArray(all) && all.length > 0 ? all : [row])),
    'hybridClusters.exportFindings': async () =>
      (await import('./exportFindings.ts')).exportFindings(prompts, clusterFindings.report),
    'hybridClusters.clearFindings': () => clusterFindings.clear(),
    'hybridClusters.showLog': () => log.show(),
    'hybridClusters.activityLog': () =>
      commands.executeCommand(
        'vscode.open',
        parts.documents.provide('Activity', () => parts.activity.text()),
        { preview: false },
      ),
    'hybridClusters.getStarted': () =>
      commands.executeCommand('workbench.action.openWalkthrough', 'hybrid-clusters.hybrid-clusters#start'),
  };
}

/** One command for each word of the table of actions. */
function onResources(run: (word: ActionWord, row: unknown, all: unknown) => unknown): Readonly<Record<string, Handler>> {
  return Object.fromEntries(actionWords.map((word) => [`hybridClusters.${word}`, (row, all) => run(word, row, all)]));
}

/** Registers the table. A command can be called although it is hidden, so trust is looked at again; an unexpected error is logged whole and told in one sentence. */
export function registerCommands(parts: Parts): Disposable[] {
  return Object.entries(handlers(parts)).map(([id, handler]) =>
    commands.registerCommand(id, async (...args: readonly unknown[]) => {
      if (!workspace.isTrusted && !harmless.includes(id)) {
        void refuse(parts);
        return;
      }
      if (isRowLost(args)) {
        void parts.prompts.offer(l10n.t('The list was just read anew, and with it the row. Choose it again.'), []);
        return;
      }
      try {
        return await handler(...args);
      } catch (error) {
        parts.log.error(error instanceof Error ? error : String(error));
        throw error;
      }
    }),
  );
}

async function refuse({ prompts, log }: Parts): Promise<void> {
  const why = l10n.t('This workspace is not trusted yet: Hybrid Clusters contacts nothing and runs nothing until it is.');
  log.warn(why);
  const manage = l10n.t('Manage Workspace Trust');
  if ((await prompts.offer(why, [manage], 'warning')) === manage) await commands.executeCommand('workbench.trust.manage');
}

/** The row of a resource that can be asked for by itself is asked for, with one request; what lies below it is not. */
async function renewed(node: Node | undefined): Promise<boolean> {
  const subject = node?.row.subject;
  if (subject?.of !== 'resource' || node?.row.id === undefined) return false;
  const { project, kind, parent } = subject;
  const answer = await project.renew(kind, node.row.id, parent && { parent });
  // Its objects stand directly below it, without a row of their kind.
  if (kind === 'object-store.container') project.refresh(['object-store.object']);
  return answer.ok || answer.failure.reason === 'notFound';
}

/** The cloud a row is about, or its name as handed over by another command. */
function cloudOf(row: unknown): string | undefined {
  const node = nodeOf(row);
  return typeof row === 'string' ? row : node && cloudOfNode(node);
}

const onNode = (row: unknown, run: (node: Node) => unknown) => {
  const node = nodeOf(row);
  return node && run(node);
};

const questionIn = (about: unknown) =>
  typeof about === 'object' && about !== null && 'access' in about ? (about as AccessQuestion) : undefined;

const kindIn = (query: unknown) =>
  typeof query === 'object' && query !== null && 'kind' in query && typeof query.kind === 'string' ? query.kind : undefined;

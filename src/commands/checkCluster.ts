import { commands, l10n, ProgressLocation, window, workspace } from 'vscode';
import { discover } from '../deploy/files/discover.ts';
import { type ClusterCheckOptions, checkCluster as checkObjects, type LookupFor } from '../deploy/live/checkCluster.ts';
import { noLookup, projectLookup } from '../deploy/live/projectLookup.ts';
import { upgradeOfTexts } from '../deploy/live/upgradeOfTexts.ts';
import { Viewers } from '../deploy/live/viewers.ts';
import { findingRows } from '../explorer/clusterFindingRows.ts';
import type { Subject } from '../explorer/nodes.ts';
import type { SecretConsent } from '../host/secretConsent.ts';
import type { Settings } from '../host/settings.ts';
import { tell } from '../host/tell.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { lastKnown, nextRelease, type Product, products, releaseOf, type Upgrade } from '../manifest/apiVersions.ts';
import { rated } from '../manifest/severities.ts';
import type { Project } from '../openstack/project.ts';
import { chooseNamespace } from './chooseNamespace.ts';
import { type ChooseObjectParts, chooseCluster } from './chooseObject.ts';
import { type ChooseParts, chooseProject } from './chooseResource.ts';
import type { ClusterFindings } from './clusterFindings.ts';
import { editorFiles, pathOf } from './editorFiles.ts';

export interface CheckClusterParts extends ChooseParts, ChooseObjectParts {
  readonly clusterFindings: ClusterFindings;
  readonly settings: Pick<Settings, 'severities'>;
  readonly secretConsent: SecretConsent;
}

/** What is checked of which cluster, against which project. */
interface Check {
  readonly cluster: Cluster;
  readonly project: Project | undefined;
  readonly scope: Pick<ClusterCheckOptions, 'namespace' | 'secrets'>;
  readonly upgrade: Upgrade | undefined;
}

/** Checks the live objects of a context as the editor checks manifests, and shows what it finds as a tree. */
export async function checkCluster(parts: CheckClusterParts, subject: Subject | undefined): Promise<void> {
  const cluster = await clusterOf(parts, subject);
  const scope = cluster && (await chooseScope(parts, cluster));
  const project = cluster && scope && (await projectOf(parts, cluster));
  if (cluster && scope && project) await run(parts, { cluster, scope, project: project.project, upgrade: undefined });
}

/** The same before an upgrade: also, who still uses API versions that the next Kubernetes or CAPO takes away, in the cluster and in the workspace. */
export async function checkBeforeUpgrade(parts: CheckClusterParts, subject: Subject | undefined): Promise<void> {
  const cluster = await clusterOf(parts, subject);
  const upgrade = cluster && (await chooseUpgrade(parts, cluster));
  const project = cluster && upgrade && (await projectOf(parts, cluster));
  if (cluster && upgrade && project) await run(parts, { cluster, scope: {}, project: project.project, upgrade });
}

async function clusterOf(parts: CheckClusterParts, subject: Subject | undefined): Promise<Cluster | undefined> {
  if (subject?.of !== 'context') return chooseCluster(parts);
  const opened = await parts.contexts.open(subject.context.name);
  if (!opened.ok) await tell(opened.failure, parts.log);
  return opened.ok ? opened.value : undefined;
}

async function chooseScope({ prompts }: CheckClusterParts, cluster: Cluster): Promise<Check['scope'] | undefined> {
  const choices = [
    { label: l10n.t('All objects that rules read'), description: l10n.t('Secrets are not read'), value: 'all' as const },
    {
      label: l10n.t('All, and Secrets, too'),
      description: l10n.t('cloud.conf is mostly kept in one'),
      value: 'secrets' as const,
    },
    { label: l10n.t('One namespace…'), description: l10n.t('Secrets are not read'), value: 'namespace' as const },
  ];
  const chosen = await prompts.pick(choices, { title: l10n.t('Check what of {0}?', cluster.context.name) });
  if (chosen === undefined) return undefined;
  if (chosen !== 'namespace') return { secrets: chosen === 'secrets' };
  const namespace = await chooseNamespace(prompts, cluster);
  return namespace === undefined ? undefined : { namespace };
}

/** The project that a folder binds together with the context, else one that is picked; none, if the user wants none asked. */
async function projectOf(
  parts: CheckClusterParts,
  { context: { name } }: Cluster,
): Promise<{ readonly project: Project | undefined } | undefined> {
  const { bindings, clouds, prompts, log } = parts;
  const bound = bindings.all().find((binding) => binding.context === name && binding.cloud !== undefined);
  if (bound?.cloud === undefined) {
    const choices = [
      { label: l10n.t('A project…'), description: l10n.t('what objects name is looked for there'), value: true },
      { label: l10n.t('No cloud'), description: l10n.t('only what can be told without one'), value: false },
    ];
    const asks = await prompts.pick(choices, { title: l10n.t('Against which cloud is {0} checked?', name) });
    if (asks === undefined) return undefined;
    const project = asks ? await chooseProject(parts, { anyProject: true }) : undefined;
    return asks && !project ? undefined : { project };
  }
  const cloud = await clouds.open(bound.cloud, bound.region);
  const project = cloud.ok ? await cloud.value.project(bound.project) : cloud;
  if (project.ok) return { project: project.value };
  await tell(project.failure, log);
  return undefined;
}

async function chooseUpgrade({ prompts, log }: CheckClusterParts, cluster: Cluster): Promise<Upgrade | undefined> {
  const connected = await cluster.connect();
  if (!connected.ok) {
    await tell(connected.failure, log);
    return undefined;
  }
  const now = releaseOf(connected.value.version);
  const choicesOf = (product: Product, releases: readonly string[], description: string) =>
    releases.map((to) => ({ label: `${products[product].name} ${to}`, description, value: { product, to } }));
  const choices = [
    ...(now === undefined ? [] : choicesOf('kubernetes', releasesAfter(now), l10n.t('{0} runs now', now))),
    ...choicesOf('capo', ...(await capoReleases(cluster))),
  ];
  return prompts.pick<Upgrade>(choices, { title: l10n.t('Check {0} before which upgrade?', cluster.context.name) });
}

/** The next release, and the one after it: that much is planned ahead. */
function releasesAfter(release: string): readonly string[] {
  const next = nextRelease(release);
  const later = next && nextRelease(next);
  return [next, later].filter((one) => one !== undefined);
}

/** Releases of Cluster API Provider OpenStack to go to, after the one that the tag of its controller's image tells; where that cannot be seen but its kinds are served, those that are known to take something away. */
async function capoReleases(cluster: Cluster): Promise<readonly [releases: readonly string[], description: string]> {
  const labelSelector = 'cluster.x-k8s.io/provider=infrastructure-openstack';
  const controllers = await cluster.list('apps/v1', 'Deployment', { labelSelector });
  const images = JSON.stringify(controllers.ok ? controllers.value.items : []);
  const tag = /capi-openstack-controller:(v\d+\.\d+)/.exec(images)?.[1];
  const now = tag && releaseOf(tag);
  if (now) return [releasesAfter(now), l10n.t('{0} runs now', now)];
  const kinds = await cluster.kinds();
  const isServed = kinds.ok && kinds.value.some(({ kind }) => kind === 'OpenStackCluster');
  return [isServed ? [lastKnown.capo] : [], l10n.t('which one runs now cannot be seen')];
}

async function run(parts: CheckClusterParts, check: Check): Promise<void> {
  const { cluster, project, scope, upgrade } = check;
  const { name } = cluster.context;
  const stop = new AbortController();
  const { clouds, secretConsent } = parts;
  const mayRead = scope.secrets === true || secretConsent.mayRead(name, false);
  const readable = { cluster, namespace: scope.namespace ?? cluster.context.namespace ?? 'default' };
  const lookupFor: LookupFor = (objects) =>
    project
      ? projectLookup(
          project,
          new Viewers({
            clouds,
            manifests: async () => objects,
            ...(mayRead ? { cluster: async () => readable } : {}),
          }),
        )
      : noLookup(l10n.t('no cloud was asked'));
  const done = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Checking {0}', name), cancellable: true },
    async (progress, token) => {
      token.onCancellationRequested(() => stop.abort());
      const onProgress: ClusterCheckOptions['onProgress'] = ({ kind, done: count, all }) =>
        progress.report({ message: l10n.t('{0} ({1} of {2} kinds)', kind, count, all), increment: 100 / all });
      const checked = await checkObjects(cluster, lookupFor, {
        ...scope,
        ...(upgrade ? { upgrade } : {}),
        signal: stop.signal,
        onProgress,
      });
      const ofFiles = upgrade ? upgradeOfTexts(await workspaceTexts(stop.signal), upgrade) : [];
      return { checked, ofFiles };
    },
  );
  if (stop.signal.aborted) return;
  const { checked, ofFiles } = done;
  if (!checked.ok) return tell(checked.failure, parts.log);
  const report = {
    cluster,
    at: Date.now(),
    place: project && projectLookup(project).place,
    namespace: scope.namespace,
    upgrade,
    check: checked.value,
    findings: rated([...checked.value.findings, ...ofFiles], parts.settings.severities),
  };
  parts.clusterFindings.show(report, findingRows(report), () => run(parts, check));
  await commands.executeCommand('hybridClusters.findings.focus');
}

async function workspaceTexts(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const folders = (workspace.workspaceFolders ?? []).map(({ uri }) => pathOf(uri));
  if (folders.length === 0) return new Map();
  const { files } = await discover(folders, editorFiles, { signal });
  return new Map(files.map(({ file, text }) => [file, text]));
}

import { commands, type DiagnosticCollection, l10n, ProgressLocation, type Uri, window, workspace } from 'vscode';
import { gather } from '../deploy/files/gather.ts';
import { heatFindings } from '../deploy/files/heatBeside.ts';
import { noLookup } from '../deploy/live/projectLookup.ts';
import type { Bindings } from '../host/bindings.ts';
import type { RenderedFindings } from '../host/renderedFindings.ts';
import type { SecretConsent } from '../host/secretConsent.ts';
import type { Settings } from '../host/settings.ts';
import type { Contexts } from '../kubernetes/cluster.ts';
import type { Finding } from '../manifest/finding.ts';
import type { ResourceLookup } from '../manifest/resourceLookup.ts';
import { rated } from '../manifest/severities.ts';
import { suppressInFiles } from '../manifest/suppressions.ts';
import type { Clouds } from '../openstack/cloud.ts';
import { discoverFiles } from './discoverFiles.ts';
import { editorFiles, pathOf, uriOf } from './editorFiles.ts';
import { toDiagnostics } from './toDiagnostics.ts';
import type { WorkspaceCredentials } from './workspaceCredentials.ts';

export interface CheckParts {
  readonly bindings: Bindings;
  readonly clouds: Clouds;
  readonly settings: Settings;
  readonly contexts: Contexts;
  /** As whom manifests are used. */
  readonly credentials: () => Promise<WorkspaceCredentials>;
  readonly secretConsent: SecretConsent;
  /** Findings of files that are not open; those of open ones come from the language server. */
  readonly found: DiagnosticCollection;
  /** Findings of what is rendered. */
  readonly rendered: RenderedFindings;
}

/** Checks every manifest of the workspace's folders as the editor checks an open one, and puts what it finds into *Problems*. */
export async function checkWorkspace(parts: CheckParts): Promise<void> {
  const stop = new AbortController();
  const sums = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Checking the workspace'), cancellable: true },
    async (_progress, token) => {
      token.onCancellationRequested(() => stop.abort());
      parts.found.clear();
      const { found, parts: covered } = await parts.rendered.checkAll(stop.signal);
      const findings = [...found.values()].reduce((total, { length }) => total + length, 0);
      const folders = workspace.workspaceFolders ?? [];
      const sums = await Promise.all(folders.map(({ uri }) => checkFolder(parts, uri, covered, stop.signal)));
      return [{ files: covered.size, references: 0, findings, unchecked: 0 }, ...sums];
    },
  );
  if (stop.signal.aborted) return;
  const sum = (of: (one: Sums) => number) => sums.reduce((total, one) => total + of(one), 0);
  const counted = l10n.t(
    '{0} files, {1} references, {2} findings',
    sum((one) => one.files),
    sum((one) => one.references),
    sum((one) => one.findings),
  );
  const unchecked = sum((one) => one.unchecked);
  const paused = sums.find((one) => one.paused)?.paused ?? '';
  const text = unchecked > 0 ? l10n.t('{0}; {1} could not be checked. {2}', counted, unchecked, paused) : `${counted}.`;
  window.setStatusBarMessage(`$(checklist) ${text}`, 15_000);
  await commands.executeCommand('workbench.actions.view.problems');
}

interface Sums {
  readonly files: number;
  readonly references: number;
  readonly findings: number;
  readonly unchecked: number;
  readonly paused?: string;
}

/** `covered`: URIs of what is checked as it is rendered. */
async function checkFolder(parts: CheckParts, folder: Uri, covered: ReadonlySet<string>, signal: AbortSignal): Promise<Sums> {
  const lookup = await openLookup(parts, folder, signal);
  const found = await discoverFiles([pathOf(folder)], { references: true, signal });
  const files = found.files.filter(({ file }) => !covered.has(uriOf(file).toString()));
  const gathered = await gather({ ...found, files }, lookup, signal);
  const { references, unchecked, paused, texts } = gathered;
  const asked = { files: true, cloud: unchecked === 0, cluster: false };
  const all = [...gathered.findings, ...(await heatFindings(gathered.manifests, editorFiles))];
  const findings = rated(suppressInFiles(all, texts, asked).told, parts.settings.severities);
  for (const [file, all] of Map.groupBy(findings, ({ file }) => file)) show(parts.found, file, texts.get(file) ?? '', all);
  return { files: texts.size, references, findings: findings.length, unchecked, ...(paused ? { paused } : {}) };
}

function show(collection: DiagnosticCollection, file: string, text: string, findings: readonly Finding[]): void {
  const uri = uriOf(file);
  if (workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())) return;
  collection.set(uri, toDiagnostics(findings, new Map([[file, text]])));
}

/** The project that a folder or file is bound to, to ask; what cannot be opened leaves every reference unchecked. `quiet`: nobody is asked for anything, so no cluster is either. */
export async function openLookup(
  parts: Omit<CheckParts, 'found' | 'rendered'>,
  folder: Uri,
  signal: AbortSignal,
  quiet = false,
): Promise<ResourceLookup> {
  const { bindings, clouds, contexts, secretConsent: consent } = parts;
  const binding = bindings.of(folder);
  if (!binding?.cloud) return noLookup(l10n.t('The folder is bound to no cloud.'));
  const cloud = await clouds.open(binding.cloud, binding.region);
  const project = cloud.ok ? await cloud.value.project(binding.project, signal) : cloud;
  if (!project.ok) return noLookup(project.failure.message);
  const cluster = binding.context === undefined || quiet ? undefined : await contexts.open(binding.context);
  const namespace = binding.namespace ?? (cluster?.ok ? cluster.value.context.namespace : undefined) ?? 'default';
  return (await parts.credentials()).lookup(
    project.value,
    cluster?.ok ? { cluster: cluster.value, namespace, consent } : undefined,
  );
}

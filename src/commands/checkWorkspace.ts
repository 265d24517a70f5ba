import {
  commands,
  Diagnostic,
  type DiagnosticCollection,
  DiagnosticSeverity,
  l10n,
  ProgressLocation,
  Range,
  type Uri,
  window,
  workspace,
} from 'vscode';
import { discover } from '../deploy/discover.ts';
import { gather } from '../deploy/gather.ts';
import { noLookup, projectLookup } from '../deploy/projectLookup.ts';
import type { Bindings } from '../host/bindings.ts';
import type { Finding } from '../manifest/finding.ts';
import { LineIndex } from '../manifest/lineIndex.ts';
import type { ResourceLookup } from '../manifest/resourceLookup.ts';
import type { Clouds } from '../openstack/cloud.ts';
import { editorFiles, pathOf, uriOf } from './editorFiles.ts';

export interface CheckParts {
  readonly bindings: Bindings;
  readonly clouds: Clouds;
  /** Findings of files that are not open; those of open ones come from the language server. */
  readonly found: DiagnosticCollection;
}

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
} as const;

/** Checks every manifest of the workspace's folders as the editor checks an open one, and puts what it finds into *Problems*. */
export async function checkWorkspace(parts: CheckParts): Promise<void> {
  const stop = new AbortController();
  const sums = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Checking the workspace'), cancellable: true },
    async (_progress, token) => {
      token.onCancellationRequested(() => stop.abort());
      parts.found.clear();
      return Promise.all((workspace.workspaceFolders ?? []).map(({ uri }) => checkFolder(parts, uri, stop.signal)));
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

async function checkFolder(parts: CheckParts, folder: Uri, signal: AbortSignal): Promise<Sums> {
  const lookup = await openLookup(parts, folder, signal);
  const found = await discover([pathOf(folder)], editorFiles, { signal });
  const { findings, references, unchecked, paused, texts } = await gather(found, lookup, signal);
  for (const [file, all] of Map.groupBy(findings, ({ file }) => file)) show(parts.found, file, texts.get(file) ?? '', all);
  return { files: texts.size, references, findings: findings.length, unchecked, ...(paused ? { paused } : {}) };
}

function show(collection: DiagnosticCollection, file: string, text: string, findings: readonly Finding[]): void {
  const uri = uriOf(file);
  if (workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())) return;
  const lines = new LineIndex(text);
  const at = (offset: number) => {
    const { line, character } = lines.positionAt(offset);
    return [line, character] as const;
  };
  collection.set(
    uri,
    findings.map(({ range, message, severity, code }) => {
      const diagnostic = new Diagnostic(new Range(...at(range.start), ...at(range.end)), message, severities[severity]);
      diagnostic.source = 'Hybrid Clusters';
      diagnostic.code = code;
      return diagnostic;
    }),
  );
}

async function openLookup({ bindings, clouds }: CheckParts, folder: Uri, signal: AbortSignal): Promise<ResourceLookup> {
  const binding = bindings.of(folder);
  if (!binding?.cloud) return noLookup(l10n.t('The folder is bound to no cloud.'));
  const cloud = await clouds.open(binding.cloud, binding.region);
  const project = cloud.ok ? await cloud.value.project(binding.project, signal) : cloud;
  return project.ok ? projectLookup(project.value) : noLookup(project.failure.message);
}

import { extensions, l10n, Uri, window, workspace } from 'vscode';
import { checkReport } from '../cli/checkReport.ts';
import { sarifLog } from '../cli/sarif.ts';
import { notListedLines } from '../deploy/live/checkCluster.ts';
import type { ClusterReport } from '../explorer/clusterFindingRows.ts';
import type { Prompts } from '../host/prompts.ts';

/** Writes a check of a cluster as SARIF, the same that `hybrid-clusters check --live --format sarif` prints, into a file that is asked for. */
export async function exportFindings(prompts: Pick<Prompts, 'saveAs'>, report: ClusterReport | undefined): Promise<void> {
  if (!report) {
    window.setStatusBarMessage(l10n.t('No cluster was checked yet.'), 3000);
    return;
  }
  const path = await prompts.saveAs(l10n.t('Export Findings as SARIF'), `${fileNameOf(report)}.sarif`);
  if (path === undefined) return;
  await workspace.fs.writeFile(Uri.file(path), Buffer.from(`${JSON.stringify(sarifOf(report), null, 2)}\n`));
  window.setStatusBarMessage(l10n.t('Saved as {0}.', path), 5000);
}

function sarifOf({ cluster, check, findings, place, namespace, at }: ClusterReport): object {
  const { texts } = check;
  const all = checkReport({
    findings,
    texts,
    asked: { files: false, cloud: check.unchecked === 0 && place !== undefined, cluster: true },
    // They are rated already.
    severities: {},
    baseline: [],
  });
  const { version = '' } = (extensions.getExtension('hybrid-clusters.hybrid-clusters')?.packageJSON ?? {}) as {
    version?: string;
  };
  const checkedAt = new Date(at);
  return sarifLog(all, {
    version,
    folder: workspace.workspaceFolders?.[0]?.uri.fsPath ?? '/',
    exitCode: findings.some(({ severity }) => severity === 'error') ? 5 : 0,
    startedAt: checkedAt,
    endedAt: checkedAt,
    asked: {
      context: cluster.context.name,
      ...(place === undefined ? {} : { project: place }),
      ...(namespace === undefined ? {} : { namespace }),
    },
    unchecked: check.unchecked,
    troubles: notListedLines(cluster.context.name, check.notListed),
    severities: {},
    hasBaseline: false,
    texts,
  });
}

function fileNameOf({ cluster, namespace }: ClusterReport): string {
  return [cluster.context.name, namespace]
    .filter(Boolean)
    .join('-')
    .replaceAll(/[^\w.-]+/g, '-');
}

import { Range, type Uri, window, workspace } from 'vscode';
import type { ClusterReport } from '../explorer/clusterFindingRows.ts';
import { openAt } from '../host/tell.ts';
import type { Finding, LivePlace } from '../manifest/finding.ts';
import { liveName, pathText } from '../manifest/liveObject.ts';
import { parseManifests } from '../manifest/manifest.ts';
import { copy } from './copy.ts';
import { type DetailsParts, openDetails } from './details.ts';

/** Opens what a finding is about: a live object read-only, at the line of the field; a manifest of the workspace at its place. */
export async function openFinding(
  parts: DetailsParts,
  report: ClusterReport | undefined,
  finding: Finding | undefined,
): Promise<void> {
  if (!finding || !report) return;
  if (!finding.live) return openAt({ file: finding.file, offset: finding.range.start });
  const { apiVersion, kind, namespace, name } = finding.live;
  if (name === undefined) return;
  const ref = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
  const uri = await openDetails(parts, { of: 'object', cluster: report.cluster, ref }, 'yaml');
  if (uri) await select(uri, finding.live);
}

/** The object may be another than when it was checked: the field is looked for in what is shown now. */
async function select(uri: Uri, { path, line }: LivePlace): Promise<void> {
  const document = await workspace.openTextDocument(uri);
  const [manifest] = parseManifests('', document.getText());
  if (!manifest?.local.tree) return;
  const first = document.positionAt(manifest.rangeOf(path).start).line;
  const { range, firstNonWhitespaceCharacterIndex: indent } = document.lineAt(Math.min(first + line, document.lineCount - 1));
  await window.showTextDocument(document, { selection: new Range(range.start.translate(0, indent), range.end) });
}

/** Copies findings, one a line: object or file, field, code and sentence. */
export function copyFindings(findings: readonly Finding[]): Promise<void> {
  return copy(
    findings.map(({ live, file, code, message }) => {
      const where = live ? [liveName(live), pathText(live.path)].filter(Boolean).join(' ') : file;
      return `${where}: ${code}: ${message}`;
    }),
  );
}

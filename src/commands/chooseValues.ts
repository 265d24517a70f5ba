import { l10n, type Memento } from 'vscode';
import type { Discovered } from '../deploy/files/discover.ts';
import { fileName } from '../deploy/files/fileName.ts';
import type { Prompts } from '../host/prompts.ts';
import { valuesBeside } from '../render/helmRendering.ts';
import { editorFiles } from './editorFiles.ts';

const remembered = 'hybridClusters.chartValues';

/**
 * The values files with which the chart among what was discovered is rendered, where it has some beside its own: asked once, and kept for this workspace; with `anew` asked again. None where there
 * is no such chart, where there are several, or where the question was dismissed: the plan then says what is missing.
 */
export async function chooseValues(
  { prompts, memory }: { readonly prompts: Prompts; readonly memory: Memento },
  { notes }: Discovered,
  anew: boolean,
): Promise<readonly string[]> {
  const charts = notes.filter(({ file, blocks }) => blocks && fileName(file) === 'Chart.yaml');
  const folder = charts[0]?.file.slice(0, -'/Chart.yaml'.length);
  if (folder === undefined || charts.length > 1) return [];
  const beside = await valuesBeside(folder, editorFiles);
  if (beside.length === 0) return [];
  const known = memory.get<Readonly<Record<string, readonly string[]>>>(remembered, {});
  const before = known[folder]?.filter((file) => file === ownOf(folder) || beside.includes(file)) ?? [];
  if (before.length > 0 && !anew) return before;
  const choices = beside.map((file) => ({ label: fileName(file), value: file, picked: before.includes(file) }));
  const title = l10n.t('{0}: which values beside its own? They count in this order.', fileName(folder));
  const chosen = await prompts.pickMany(choices, { title });
  if (chosen === undefined) return [];
  const values = chosen.length > 0 ? chosen : [ownOf(folder)];
  await memory.update(remembered, { ...known, [folder]: values });
  return values;
}

const ownOf = (folder: string) => `${folder}/values.yaml`;

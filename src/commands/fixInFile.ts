import { l10n, Range, Uri, WorkspaceEdit, window, workspace } from 'vscode';
import { fileName } from '../deploy/files/fileName.ts';
import { type DeploymentSubject, fixOf, type PlannedFix } from '../explorer/deploymentRows.ts';
import type { Prompts } from '../host/prompts.ts';
import { openAt } from '../host/tell.ts';
import type { Deployments } from './deployments.ts';

export interface FixParts {
  readonly deployments: Deployments;
  readonly prompts: Prompts;
}

/** *Change API Version to One That Is Served*: of a row of a plan; from the palette, one of those that block the plan that is shown. */
export async function chooseFix(parts: FixParts, subject: DeploymentSubject | undefined): Promise<void> {
  const own = subject?.of === 'place' ? subject.fix : undefined;
  if (own) return fixInFile(parts, own);
  const { pending } = parts.deployments;
  const blockers = pending?.plan?.blockers ?? pending?.targets?.blockers ?? [];
  const choices = blockers.flatMap((blocker) => {
    const fix = fixOf(blocker);
    return fix ? [{ label: fix.title, detail: blocker.message, description: fileName(fix.file), value: fix }] : [];
  });
  if (choices.length === 0) {
    await parts.prompts.offer(l10n.t('No plan is shown that another API version alone would let go.'), []);
    return;
  }
  const chosen =
    choices.length === 1 ? choices[0]?.value : await parts.prompts.pick(choices, { title: l10n.t('Change API Version') });
  if (chosen) await fixInFile(parts, chosen);
}

/** What an apiVersion looks like, in quotes or not: what stands there since the plan was made may be something else. */
const VERSION = /^(["']?)(?:[a-z0-9.-]+\/)?v\d[a-z0-9]*\1$/;

/** Writes a replacement into its file, in the editor and unsaved, and shows it there. */
export async function fixInFile({ prompts }: Pick<FixParts, 'prompts'>, { file, range, newText }: PlannedFix): Promise<void> {
  const document = await workspace.openTextDocument(Uri.file(file));
  const where = new Range(document.positionAt(range.start), document.positionAt(range.end));
  const [, quote] = VERSION.exec(document.getText(where)) ?? [];
  const line = where.start.line + 1;
  if (quote === undefined) {
    const text = l10n.t(
      '{0}:{1} is not what it was when the plan was made. Nothing was changed; plan again.',
      fileName(file),
      line,
    );
    await prompts.offer(text, [], 'warning');
    return;
  }
  const edit = new WorkspaceEdit();
  edit.replace(document.uri, where, `${quote}${newText}${quote}`);
  if (!(await workspace.applyEdit(edit))) return;
  await openAt({ file, line });
  window.setStatusBarMessage(`$(check) ${l10n.t('{0}:{1} says {2} now. Deploy again.', fileName(file), line, newText)}`, 10_000);
}

import { l10n } from 'vscode';
import { type ObjectWord, objectActions } from '../kubernetes/objectActions.ts';
import type { ActOnObjectParts, ObjectTarget } from './actOnObject.ts';

/** What is done to an owner instead of changing what it owns. */
export interface OwnTarget {
  readonly word: ObjectWord | 'editObject';
  readonly target: ObjectTarget;
}

/** A dialog with more buttons than this nobody reads. */
const mostOffered = 2;

/** The steps by the titles of the buttons that offer them: `Cordon Node`, `Suspend Kustomization`. */
export function ownButtons(steps: readonly OwnTarget[]): ReadonlyMap<string, OwnTarget> {
  const titled = steps.map((step) => {
    const title = step.word === 'editObject' ? l10n.t('Edit') : objectActions[step.word].title.replace('…', '');
    return [`${title} ${step.target.ref.kind}`, step] as const;
  });
  return new Map([...new Map(titled)].slice(0, mostOffered));
}

/** After these the owner lets the change be: it can be made then. */
const stopping: readonly OwnTarget['word'][] = ['suspendReconciling', 'stopAutoSync', 'pauseReconciling'];

/** Does it, with its own questions. True if the owner is stopped by it, so that the change itself may be asked for again. */
export async function takeOwnStep(
  parts: Pick<ActOnObjectParts, 'prompts' | 'log' | 'settings' | 'asked'>,
  { word, target }: OwnTarget,
): Promise<boolean> {
  if (word === 'editObject') {
    await (await import('./editObject.ts')).openForEditing(target);
    return false;
  }
  const { change } = await import('./actOnObject.ts');
  return (await change(parts, word, [target])) && stopping.includes(word);
}

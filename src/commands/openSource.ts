import { sourceOfNode } from '../explorer/identity.ts';
import { openAt } from '../host/tell.ts';
import { subjectOf } from './deploymentsView.ts';
import { nodeOf } from './trees.ts';

/** Opens the line where what a row stands for is written: the entry of clouds.yaml or of a kubeconfig, the place of a failure, the manifest of a step. */
export async function openSource(row: unknown): Promise<void> {
  const at = placeOf(row);
  if (at) await openAt(at);
}

function placeOf(row: unknown): Parameters<typeof openAt>[0] | undefined {
  const node = nodeOf(row);
  const subject = subjectOf(row);
  if (node) return sourceOfNode(node);
  if (subject?.of === 'place') return subject.at;
  return subject?.of === 'step' ? { file: subject.step.source.file, line: subject.step.source.line } : undefined;
}

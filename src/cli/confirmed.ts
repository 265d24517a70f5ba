import { createInterface } from 'node:readline/promises';
import { guardOf } from '../deploy/target.ts';
import type { Target } from '../deploy/types.ts';
import type { Request } from './commandLine.ts';

/** What a plan destroys outside Kubernetes, as a sentence, and the word that is typed for it. */
export interface Destroys {
  readonly word: string;
  readonly what: string;
}

/**
 * Why a deploy does not go out, or undefined when it was confirmed: no target may be read-only, each protected one must have been named by `--confirm`, what it destroys by `--destroy`, and somebody
 * said yes, on the command line or at the terminal to `question`.
 */
export async function unconfirmed(
  { yes, confirm = [], destroy, verb }: Pick<Request, 'yes' | 'confirm' | 'destroy' | 'verb'>,
  targets: readonly Target[],
  question: string,
  signal: AbortSignal,
  destroys?: Destroys,
): Promise<string | undefined> {
  const nothing = verb === 'undeploy' ? 'Nothing was deleted.' : 'Nothing was applied.';
  for (const target of targets) {
    const { word, title } = guardOf(target);
    if (target.protection === 'readOnly') return `${title} is read-only. ${nothing}`;
    if (target.protection === 'protected' && !confirm.includes(word))
      return `${title} is protected. Add --confirm ${word} if you mean it. ${nothing}`;
  }
  const toType = destroys && destroy !== destroys.word ? destroys : undefined;
  if (toType && (destroy !== undefined || !process.stdin.isTTY))
    return `This destroys what does not come back: ${toType.what}. Add --destroy "${toType.word}" if you mean it. ${nothing}`;
  if (yes && !toType) return undefined;
  if (!process.stdin.isTTY) return `Nobody is there to confirm. Add --yes. ${nothing}`;
  const asked = toType ? `This destroys what does not come back. Type ${toType.word} to go on: ` : `${question} [y/N] `;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await terminal.question(asked, { signal }).catch(() => '')).trim();
    return (toType ? answer === toType.word : /^y(es)?$/i.test(answer)) ? undefined : nothing;
  } finally {
    terminal.close();
  }
}

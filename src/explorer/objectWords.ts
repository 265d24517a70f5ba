import type { ApiKind, Cluster } from '../kubernetes/cluster.ts';
import { objectWordsFor } from '../kubernetes/objectActions.ts';
import { holdsKeys } from '../kubernetes/objectKeys.ts';
import { makesPodsAnew } from '../kubernetes/podMakers.ts';
import { hasPods } from '../kubernetes/podSelection.ts';
import { forwardableKinds } from '../kubernetes/podsBehind.ts';
import { type IsRefused, learnWords, refusedWords } from '../kubernetes/refusedWords.ts';
import { keepsRevisions } from '../kubernetes/revisions.ts';
import { type Word, wordsOf } from './nodes.ts';

/** States of a pod in which none of its containers will run again. */
const podsOver: readonly string[] = ['Completed', 'Succeeded', 'Failed', 'Evicted'];

/** The words of an object of a kind whose state the server's table tells so; without a state, all that the kind knows. */
export function wordsOfObject(kind: ApiKind, state?: string, cell?: (column: string) => string): readonly Word[] {
  const is = (group: string, name: string) => kind.group === group && kind.kind === name;
  const runs = is('', 'Pod') && !podsOver.includes(state ?? '');
  return wordsOf(
    'object',
    `kind:${kind.kind}`,
    'can:open',
    'can:copyId',
    'can:copyName',
    'can:whoCan',
    'can:describe',
    'can:showEvents',
    'can:explain',
    'can:compareObjects',
    holdsKeys(kind) && 'can:copyKey',
    holdsKeys(kind) && 'can:openKey',
    keepsRevisions(kind) && 'can:rollBack',
    makesPodsAnew(kind) && 'can:proveIt',
    is('', 'ServiceAccount') && 'can:copyToken',
    is('', 'Node') && 'can:drainNode',
    is('', 'Node') && 'can:openNodeShell',
    kind.verbs.includes('patch') && 'can:editObject',
    is('cluster.x-k8s.io', 'Cluster') && 'can:openAsContext',
    hasPods(kind) && 'can:logs',
    runs && 'can:enter',
    runs && 'can:attach',
    runs && 'can:debugPod',
    forwardableKinds.includes(`${kind.group}/${kind.kind}`) && 'can:forward',
    ...objectWordsFor(kind, state, cell).map((word) => `can:${word}` as const),
  );
}

/**
 * Leaves out what the server would refuse, as far as that is known. Rows are not kept waiting for it: they come with all their words, and `changed` is called once the server has said more.
 */
export class OfferedWords {
  readonly #cluster: Cluster;
  readonly #kind: ApiKind;
  readonly #namespace: string | undefined;
  readonly #changed: () => void;
  #asking = false;

  constructor(cluster: Cluster, kind: ApiKind, namespace: string | undefined, changed: () => void) {
    this.#cluster = cluster;
    this.#kind = kind;
    this.#namespace = namespace;
    this.#changed = changed;
  }

  /** What is refused now. Asks for what is not known or too old. */
  refused(): IsRefused {
    // A list over all namespaces has as many answers as there are.
    if (this.#kind.namespaced && this.#namespace === undefined) return () => false;
    void this.#learn();
    return refusedWords(this.#cluster, this.#kind, this.#namespace);
  }

  async #learn(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const words = wordsOfObject(this.#kind).map((word) => word.replace('can:', ''));
    const asked = await learnWords(this.#cluster, this.#kind, this.#namespace, words);
    this.#asking = false;
    if (asked) this.#changed();
  }
}

/** Words without those of what would be refused to an object. */
export function offered(words: readonly Word[], name: string, isRefused: IsRefused): readonly Word[] {
  return words.filter((word) => !word.startsWith('can:') || !isRefused(word.slice('can:'.length), name));
}

import { type Disposable, Emitter, type Event } from '../base/event.ts';

/** Where the view keeps what the user arranged: texts and lists by key, for a workspace or for the user. Shaped like VS Code's Memento. */
export interface Memory {
  get<T>(key: string, otherwise: T): T;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** Keeps for the life of the object only. */
export function shortMemory(): Memory {
  const kept = new Map<string, unknown>();
  return {
    get: <T>(key: string, otherwise: T) => (kept.has(key) ? (kept.get(key) as T) : otherwise),
    update: async (key, value) => void kept.set(key, value),
  };
}

/** Something kept for the workspace, and something for the user, whose changes are told. */
export abstract class Remembered implements Disposable {
  protected readonly workspace: Memory;
  protected readonly user: Memory;
  readonly #changed = new Emitter<void>();
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(workspace: Memory, user: Memory) {
    this.workspace = workspace;
    this.user = user;
  }

  /** Keeps a value and tells that something changed. */
  protected async keep(memory: Memory, key: string, value: unknown): Promise<void> {
    await memory.update(key, value);
    this.tell();
  }

  /** Tells that something changed that is not kept. */
  protected tell(): void {
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

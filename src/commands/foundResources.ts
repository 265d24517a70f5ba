import { type Disposable, Emitter, type Event } from '../base/event.ts';
import { idOf } from '../openstack/display.ts';
import type { Project } from '../openstack/project.ts';
import { type Match, search } from '../openstack/search.ts';

/** Who pauses so long has typed what they look for. */
const pauseMs = 500;
/** Shorter texts fit too much to be asked of every service. */
const shortest = 3;

/** What projects have that fits the texts typed so far: each text is looked for once, after a pause; the next one ends the search before it. */
export class FoundResources implements Disposable {
  readonly #projects: readonly Project[];
  readonly #found = new Map<string, { readonly match: Match; readonly by: Set<string> }>();
  readonly #troubles = new Set<string>();
  readonly #asked = new Set<string>();
  readonly #changed = new Emitter<void>();
  readonly onDidChange: Event<void> = this.#changed.event;
  #timer: NodeJS.Timeout | undefined;
  #search: AbortController | undefined;
  #text = '';

  constructor(projects: readonly Project[]) {
    this.#projects = projects;
  }

  /** `demo › dev` of each project that is asked. */
  get places(): readonly string[] {
    return [...new Set(this.#projects.map(({ cloud, name }) => `${cloud} › ${name}`))];
  }

  get all(): Iterable<{ readonly match: Match; readonly by: ReadonlySet<string> }> {
    return this.#found.values();
  }

  get busy(): boolean {
    return this.#search !== undefined || this.#timer !== undefined;
  }

  get troubles(): readonly string[] {
    return [...this.#troubles];
  }

  /** Looks for a text, or for none. */
  look(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#search?.abort();
    this.#search = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (text.length < shortest || this.#projects.length === 0 || this.#asked.has(text)) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#ask(text);
    }, pauseMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#search?.abort();
    this.#changed.dispose();
  }

  async #ask(text: string): Promise<void> {
    const ending = new AbortController();
    this.#search = ending;
    const found = (match: Match) => {
      const { project, kind, resource } = match;
      const key = JSON.stringify([project.cloud, project.region, project.id, kind, idOf(kind, resource)]);
      const known = this.#found.get(key) ?? { match, by: new Set() };
      known.by.add(text);
      this.#found.set(key, known);
      this.#changed.fire();
    };
    const failures = await search(text, this.#projects, found, ending.signal);
    if (ending.signal.aborted) return;
    this.#asked.add(text);
    for (const { message } of failures) this.#troubles.add(message);
    this.#search = undefined;
    this.#changed.fire();
  }
}

import { betweenTurns } from './betweenTurns.ts';
import type { OpenDocument } from './openDocument.ts';
import type { Section } from './section.ts';

const turnMs = 25;

/** What can be told of a section's text alone, worked out once for each text: sections stand while others are typed into. */
export class PerSection<T> {
  readonly #known = new WeakMap<Section, { readonly value: T }>();
  readonly #read: (section: Section) => T;

  constructor(read: (section: Section) => T) {
    this.#read = read;
  }

  of(section: Section): T {
    const known = this.#known.get(section) ?? { value: this.#read(section) };
    this.#known.set(section, known);
    return known.value;
  }

  /**
   * Works it out for the sections of a file that are read, in turns between which the editor is answered, until it is `enough` (asked with what was worked out, from above). False if that was
   * cancelled.
   */
  async prepare({ sections }: OpenDocument, signal: AbortSignal, enough: (value: T) => boolean = () => false): Promise<boolean> {
    let until = performance.now() + turnMs;
    for (const { section } of [...sections]) {
      if (section.isRead && enough(this.of(section))) return true;
      if (performance.now() < until) continue;
      await betweenTurns();
      if (signal.aborted) return false;
      until = performance.now() + turnMs;
    }
    return true;
  }
}

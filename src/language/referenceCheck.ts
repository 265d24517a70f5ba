import { checkReferences, judge } from '../manifest/check.ts';
import { keyOf } from '../manifest/resourceLookup.ts';
import { questionOf } from '../manifest/verdict.ts';
import type { BindingAnswer, CheckDidRunParams } from '../protocol.ts';
import { HostLookup, type LanguageHost } from './host.ts';
import type { Opened } from './opened.ts';
import type { Section } from './section.ts';

/** What a check of references wants to know of the files that are open. */
export interface ReferenceCheckContext {
  readonly opened: () => Iterable<Opened>;
  readonly binding: (opened: Opened) => Promise<BindingAnswer>;
  /** What the files of the workspace beside one bring about in its cloud. */
  readonly createdBeside: (opened: Opened, signal: AbortSignal) => Promise<ReadonlySet<string>>;
  /** The newest epoch that was heard of: an older answer does not count. */
  readonly epoch: () => number;
  /** A file is to be checked again. */
  readonly again: (opened: Opened) => void;
}

/** What other files bring about is good for so long, unless one that is open changes. */
const besideMs = 30_000;
/** The others are gone through so often while files change. */
const mostWalks = 3;

const isMissing = ({ code }: { readonly code: string }) => code === 'reference.missing';

/**
 * Checks what open files name in OpenStack: asks the host, and passes the verdict on each section whose references are all answered. What a manifest of the file brings about, or one of the files beside
 * it, is not missing.
 */
export class ReferenceCheck {
  readonly #host: LanguageHost;
  readonly #context: ReferenceCheckContext;
  /** How often open files have brought about something else than before. */
  #creations = 0;

  constructor(host: LanguageHost, context: ReferenceCheckContext) {
    this.#host = host;
    this.#context = context;
  }

  /** Passes the verdict on the sections whose references are all answered already. */
  judge(opened: Opened): void {
    const { lookup, document } = opened;
    const own = new Set<string>();
    for (const { section } of document.sections) if (section.isRead) for (const one of section.content.creates) own.add(one);
    if (String([...own]) !== String([...opened.own])) this.createsOther(opened);
    opened.own = own;
    const created = opened.beside ? new Set([...own, ...opened.beside.created]) : own;
    const changed = created.size !== opened.created.size || String([...created]) !== String([...opened.created]);
    opened.created = created;
    if (lookup.place === undefined) return;
    for (const { section } of document.sections) {
      if (!section.isRead || section.content.references.length === 0) continue;
      if (section.checked && !section.outdated && !changed) continue;
      const { references } = section.content;
      const { findings, unknown, paused, open } = judge(references, lookup.known, { place: lookup.place, created });
      // Nor is anybody accused again before the files beside it were looked into again.
      if (open.length > 0 || (!opened.beside && findings.some(isMissing))) continue;
      section.outdated = false;
      const at = lookup.asOf(references.map(questionOf));
      section.checked = { findings, unknown, at, ...(paused === undefined ? {} : { paused }) };
      for (const reference of references) {
        const facts = lookup.facts.get(keyOf(questionOf(reference)));
        if (facts) section.answers.set(reference, facts);
      }
    }
  }

  /**
   * Asks about the references of some sections, and judges. `unbound`: there is no cloud to ask. `overtaken`: the text, the binding or the cloud is another one meanwhile, and another check has it or
   * is asked for.
   */
  async ask(opened: Opened, sections: readonly Section[], signal: AbortSignal): Promise<'judged' | 'unbound' | 'overtaken'> {
    const { document, lookup } = opened;
    const { version } = document;
    const binding = await this.#context.binding(opened);
    if (signal.aborted) return 'overtaken';
    if (!binding.binding?.cloud) return 'unbound';
    lookup.place = binding.place ?? 'the bound project';
    const references = sections.flatMap((section) => section.content.references);
    const { known } = lookup;
    const checked = await checkReferences(references, lookup, signal, { known, created: opened.created }).catch(() => undefined);
    const isOvertaken = () => signal.aborted || document.version !== version || opened.lookup !== lookup;
    if (!checked || isOvertaken()) return 'overtaken';
    const epoch = this.#context.epoch();
    if ((lookup.epoch ?? epoch) < epoch) {
      opened.lookup = new HostLookup(this.#host, document.uri);
      this.#context.again(opened);
      return 'overtaken';
    }
    if (checked.findings.some(isMissing) && Date.now() - (opened.beside?.at ?? Number.NEGATIVE_INFINITY) > besideMs) {
      // Nobody is accused before the files were looked into that may bring it about.
      let [created, seen]: [ReadonlySet<string>, number] = [new Set(), -1];
      // A file that is opened while the others are gone through may be the one.
      for (let walks = 0; walks < mostWalks && seen !== this.#creations; walks += 1) {
        seen = this.#creations;
        created = await this.#context.createdBeside(opened, signal).catch(() => new Set<string>());
        if (isOvertaken()) return 'overtaken';
      }
      opened.beside = { at: Date.now(), created };
    }
    this.judge(opened);
    return 'judged';
  }

  /** What was missing elsewhere may be brought about by this file now, or no more. */
  createsOther(opened: Opened): void {
    this.#creations += 1;
    for (const other of this.#context.opened()) {
      const { beside } = other;
      const concerned = other.sections.filter(({ checked }) => checked?.findings.some(isMissing));
      if (other === opened || (!beside && concerned.length === 0)) continue;
      other.beside = undefined;
      for (const section of other.sections) if (section.content.references.length > 0) section.outdated = true;
      this.#context.again(other);
    }
  }
}

/** How many references of some sections there are, are wrong, and could not be checked, and why not. */
export function referenceCounts(sections: readonly Section[]): Omit<CheckDidRunParams, 'uri'> {
  let [references, wrong, unknown] = [0, 0, 0];
  let paused: string | undefined;
  for (const { content, checked } of sections) {
    const named = content.references.length;
    references += named;
    wrong += checked?.findings.length ?? 0;
    unknown += checked ? checked.unknown : named;
    paused ??= checked?.paused;
  }
  return { references, wrong, unknown, ...(paused === undefined ? {} : { paused }) };
}

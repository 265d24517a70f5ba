import type { TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import type { CodeAction, CompletionList, Diagnostic, DocumentLink, Hover, InlayHint } from 'vscode-languageserver-types';
import { checkReferences, judge } from '../manifest/check.ts';
import { keyOf } from '../manifest/resourceLookup.ts';
import type { KindId } from '../openstack/kinds/kinds.ts';
import type { BindingAnswer, CheckDidRunParams, DidChangeParams, InitializationOptions } from '../protocol.ts';
import { codeActionsFor } from './codeActions.ts';
import { annotationItems, completionPlace, valueItems } from './completion.ts';
import { type DiagnosticData, diagnosticsOf } from './diagnostics.ts';
import { HostLookup, type LanguageHost } from './host.ts';
import { hoverOf } from './hover.ts';
import { documentLinks, inlayHints } from './links.ts';
import { OpenDocument } from './openDocument.ts';
import { referenceAt } from './referenceAt.ts';
import type { Section } from './section.ts';

/** Where the service's results go. */
export interface ServiceOutput {
  publish(uri: string, version: number, diagnostics: readonly Diagnostic[]): void;
  didRun(params: CheckDidRunParams): void;
  /** What stands beside the text (names beside ids, links) is other than before. */
  refreshHints(): void;
  /** A check ended by a bug of ours: the other files go on. */
  broke(error: unknown): void;
}

type Position = { readonly line: number; readonly character: number };

/** A value that was just typed is not accused for so long. */
const typingMs = 700;
/** What was missing or could not be checked is asked for again after so long, while the file is open. */
const againMs = 30_000;
/** A large file is read in turns of so many ms, between which the editor is answered. */
const turnMs = 25;
/** A document of more than so many UTF-16 units is not read at every keystroke, but when the hands rest for so long. */
const [heavy, heavyMs] = [256 * 1024, 200];

/** A file that is open in the editor, and what goes on about it. */
class Opened {
  readonly document: OpenDocument;
  /** A new one when the world changes: an answer on its way then falls into the old one. */
  lookup: HostLookup;
  binding: Promise<BindingAnswer> | undefined;
  running = new AbortController();
  /** Ends when the check that goes on does. */
  checked: Promise<void> = Promise.resolve();
  typing: NodeJS.Timeout | undefined;
  again: NodeJS.Timeout | undefined;
  /** What the manifests of the file bring about, as it was when references were last judged. */
  created: ReadonlySet<string> = new Set();

  constructor(document: OpenDocument, lookup: HostLookup) {
    this.document = document;
    this.lookup = lookup;
  }

  /** The sections that are read, each once. */
  get sections(): readonly Section[] {
    return [...new Set(this.document.sections.map(({ section }) => section))].filter(({ isRead }) => isRead);
  }

  stop(): void {
    this.running.abort();
    clearTimeout(this.typing);
    clearTimeout(this.again);
  }
}

/**
 * The language server's thinking, without its wire: keeps the open files, checks what changed at once, asks the host for what only the cloud knows, and answers the editor.
 * Syntax and every reference already answered are published on the next turn of the loop; the rest in one second publication. A newer version or binding overtakes.
 */
export class LanguageService {
  readonly #opened = new Map<string, Opened>();
  readonly #host: LanguageHost;
  readonly #output: ServiceOutput;
  readonly #options: InitializationOptions;
  #epoch = 0;

  constructor(host: LanguageHost, output: ServiceOutput, options: InitializationOptions) {
    this.#host = host;
    this.#output = output;
    this.#options = options;
  }

  open(uri: string, version: number, text: string): void {
    this.#opened.get(uri)?.stop();
    const opened = new Opened(new OpenDocument(uri, version, text), new HostLookup(this.#host, uri));
    this.#opened.set(uri, opened);
    this.#schedule(opened);
  }

  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): void {
    const opened = this.#opened.get(uri);
    if (!opened) return;
    opened.document.update(changes, version, Date.now());
    this.#schedule(opened);
  }

  close(uri: string): void {
    this.#opened.get(uri)?.stop();
    this.#opened.delete(uri);
    this.#output.publish(uri, 0, []);
  }

  /** Bindings or resources changed: what was known of the cloud is asked for again. */
  worldChanged({ epoch, uris }: DidChangeParams, bindings: boolean): void {
    this.#epoch = Math.max(this.#epoch, epoch);
    for (const [uri, opened] of this.#opened) {
      if (uris && !uris.includes(uri)) continue;
      opened.lookup = new HostLookup(this.#host, uri);
      if (bindings) opened.binding = undefined;
      for (const { section } of opened.document.sections) {
        section.outdated = true;
        // Another cloud's findings are not this one's; what only grew older stands until it is answered anew.
        if (bindings) section.checked = undefined;
        if (bindings) section.answers.clear();
      }
      this.#schedule(opened);
    }
  }

  async complete(uri: string, position: Position, signal: AbortSignal): Promise<CompletionList | null> {
    const document = this.#opened.get(uri)?.document;
    const place = document && completionPlace(document, position);
    if (!document || !place) return null;
    if (place.what === 'annotation') return annotationItems(document, place);
    if (!this.#host.list) return null;
    const { version } = document;
    const answer = await this.#host.list({ uri, kind: place.rule.to, limit: 200 }, signal);
    return document.version === version ? valueItems(document, place, answer.value.items, answer.value.incomplete) : null;
  }

  async hover(uri: string, position: Position, signal: AbortSignal): Promise<Hover | null> {
    const opened = this.#opened.get(uri);
    const at = opened && referenceAt(opened.document, position);
    if (!opened || !at || !this.#host.find) return null;
    const { query, rule } = at.reference;
    const known = at.placed.section.answers.get(at.reference);
    const answer = known ?? (await this.#host.find({ uri, queries: [{ kind: rule.to, query }] }, signal)).value[0];
    if (answer?.verdict !== 'found' || !answer.matches[0]) return null;
    return hoverOf(opened.document, at, answer.matches[0], await this.#binding(opened));
  }

  async codeActions(uri: string, diagnostics: readonly Diagnostic[], signal: AbortSignal): Promise<CodeAction[]> {
    const ours = diagnostics.filter(({ source, data }) => source === 'Hybrid Clusters' && data !== undefined);
    const actions = await Promise.all(
      ours.map(async (diagnostic) => {
        const { kind } = diagnostic.data as DiagnosticData;
        const document = this.#opened.get(uri)?.document;
        const reference = document && referenceAt(document, diagnostic.range.start)?.reference;
        const wanted = kind !== undefined && this.#host.list && reference;
        const list = wanted ? await this.#host.list?.({ uri, kind: kind as KindId, limit: 6 }, signal) : undefined;
        return codeActionsFor(uri, diagnostic, reference, list?.value.items ?? []);
      }),
    );
    return actions.flat();
  }

  /** The editor asks once for each version of a text, so that the answer waits for the check. */
  async documentLinks(uri: string): Promise<DocumentLink[]> {
    await this.#opened.get(uri)?.checked;
    const document = this.#opened.get(uri)?.document;
    return document ? documentLinks(document) : [];
  }

  inlayHints(uri: string, lines: { start: number; end: number }): InlayHint[] {
    const opened = this.#opened.get(uri);
    if (!opened) return [];
    // The editor asks for what is on its screen.
    if (opened.document.look(lines)) this.#schedule(opened);
    return this.#options.inlayHints === false ? [] : inlayHints(opened.document, lines);
  }

  dispose(): void {
    for (const uri of [...this.#opened.keys()]) this.close(uri);
  }

  /** On the next turn of the loop: keystrokes that wait already in the pipe come first, and only the newest text is checked. */
  #schedule(opened: Opened): void {
    opened.running.abort();
    const running = new AbortController();
    opened.running = running;
    opened.checked = new Promise((done) => {
      const check = () => {
        if (running.signal.aborted) return done();
        this.#check(opened, running.signal)
          .catch((error: unknown) => this.#output.broke(error))
          .finally(done);
      };
      if (opened.document.touched > heavy) setTimeout(check, heavyMs);
      else setImmediate(check);
    });
  }

  async #check(opened: Opened, signal: AbortSignal): Promise<void> {
    let [more, told] = [true, 0];
    while (more) {
      more = opened.document.read(turnMs);
      this.#judge(opened);
      if (!more || performance.now() - told > 1000) {
        this.#publish(opened, !more);
        told = performance.now();
      }
      if (more) await new Promise(setImmediate);
      if (signal.aborted) return;
    }
    const sections = opened.sections;
    const unasked = sections.filter((section) => section.content.references.length > 0 && (!section.checked || section.outdated));
    if (unasked.length > 0 && this.#host.find) await this.#ask(opened, unasked, signal);
    if (!signal.aborted) this.#report(opened, sections);
  }

  /** Passes the verdict on the sections whose references are all answered already. */
  #judge(opened: Opened): void {
    const { lookup, document } = opened;
    const created = new Set<string>();
    for (const { section } of document.sections) if (section.isRead) for (const one of section.content.creates) created.add(one);
    const changed = String([...created]) !== String([...opened.created]);
    opened.created = created;
    if (lookup.place === undefined) return;
    for (const { section } of document.sections) {
      if (!section.isRead || section.content.references.length === 0) continue;
      if (section.checked && !section.outdated && !changed) continue;
      const { references } = section.content;
      const { findings, unknown, paused, open } = judge(references, lookup.known, { place: lookup.place, created });
      if (open.length > 0) continue;
      section.outdated = false;
      section.checked = { findings, unknown, ...(paused === undefined ? {} : { paused }) };
      for (const reference of references) {
        const facts = lookup.facts.get(keyOf({ kind: reference.rule.to, query: reference.query }));
        if (facts) section.answers.set(reference, facts);
      }
    }
  }

  async #ask(opened: Opened, sections: readonly Section[], signal: AbortSignal): Promise<void> {
    const { document, lookup } = opened;
    const { version } = document;
    const binding = await this.#binding(opened);
    if (signal.aborted || !binding.binding?.cloud) return;
    lookup.place = binding.place ?? 'the bound project';
    const references = sections.flatMap((section) => section.content.references);
    const { known } = lookup;
    const checked = await checkReferences(references, lookup, signal, { known, created: opened.created }).catch(() => undefined);
    if (!checked || signal.aborted || document.version !== version || opened.lookup !== lookup) return;
    if ((lookup.epoch ?? this.#epoch) < this.#epoch) {
      opened.lookup = new HostLookup(this.#host, document.uri);
      return this.#schedule(opened);
    }
    this.#judge(opened);
    this.#publish(opened, true);
    this.#output.refreshHints();
  }

  #publish(opened: Opened, complete: boolean): void {
    const { document } = opened;
    const now = Date.now();
    const typingUntil = (document.lastEdit?.at ?? 0) + typingMs;
    const { severities = {}, otherYaml = false } = this.#options;
    const options = { severities, otherYaml, typingUntil, now, complete };
    this.#output.publish(document.uri, document.version, diagnosticsOf(document, options));
    clearTimeout(opened.typing);
    // What is held back while it is typed is told as soon as the hands rest.
    if (now < typingUntil) opened.typing = setTimeout(() => this.#publish(opened, complete), typingUntil - now + 1);
  }

  #report(opened: Opened, sections: readonly Section[]): void {
    const sum = (of: (section: Section) => number) => sections.reduce((total, section) => total + of(section), 0);
    const paused = sections.find(({ checked }) => checked?.paused !== undefined)?.checked?.paused;
    const wrong = sum(({ checked }) => checked?.findings.length ?? 0);
    const unknown = sum(({ content, checked }) => (checked ? checked.unknown : content.references.length));
    this.#output.didRun({
      uri: opened.document.uri,
      references: sum(({ content }) => content.references.length),
      wrong,
      unknown,
      ...(paused === undefined ? {} : { paused }),
    });
    if (wrong + unknown > 0 && this.#host.find) this.#askAgainLater(opened);
  }

  #askAgainLater(opened: Opened): void {
    clearTimeout(opened.again);
    const again = () => {
      opened.lookup.forget(['missing', 'unknown']);
      for (const { section } of opened.document.sections)
        if (section.checked && (section.checked.unknown > 0 || section.checked.findings.length > 0)) section.outdated = true;
      this.#schedule(opened);
    };
    opened.again = setTimeout(again, againMs).unref();
  }

  #binding(opened: Opened): Promise<BindingAnswer> {
    if (opened.binding) return opened.binding;
    const asking = this.#host.binding?.({ uri: opened.document.uri }) ?? Promise.resolve({ epoch: 0, value: unbound });
    const asked = asking.then(
      ({ epoch, value }) => {
        this.#epoch = Math.max(this.#epoch, epoch);
        return value;
      },
      () => {
        if (opened.binding === asked) opened.binding = undefined;
        return unbound;
      },
    );
    opened.binding = asked;
    return asked;
  }
}

const unbound: BindingAnswer = { binding: undefined, place: undefined };

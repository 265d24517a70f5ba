import type { TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import type { CodeAction, CompletionList, Diagnostic, DocumentLink, Hover, InlayHint } from 'vscode-languageserver-types';
import { checkReferences } from '../manifest/check.ts';
import type { KindId } from '../openstack/kinds/kinds.ts';
import type { BindingAnswer, CheckDidRunParams, DidChangeParams, InitializationOptions } from '../protocol.ts';
import { codeActionsFor } from './codeActions.ts';
import { annotationItems, completionPlace, valueItems } from './completion.ts';
import { type DiagnosticData, diagnosticsOf } from './diagnostics.ts';
import { HostLookup, keyOf, type LanguageHost } from './host.ts';
import { hoverOf } from './hover.ts';
import { documentLinks, inlayHints } from './links.ts';
import { OpenDocument, type Section } from './openDocument.ts';
import { referenceAt } from './referenceAt.ts';

/** Where the service's results go. */
export interface ServiceOutput {
  publish(uri: string, version: number, diagnostics: readonly Diagnostic[]): void;
  didRun(params: CheckDidRunParams): void;
  /** What stands beside the text (names beside ids, links) is other than before. */
  refreshHints(): void;
}

type Position = { readonly line: number; readonly character: number };

/** A value that was just typed is not accused for so long. */
const typingMs = 700;
/** What was missing or could not be checked is asked for again after so long, while the file is open. */
const againMs = 30_000;

/**
 * The language server's thinking, without its wire: keeps the open files, checks what changed at once, asks the host for what only the cloud knows, and answers the editor.
 * Syntax and every reference already answered are published on the next turn of the loop; the rest in one second publication. A newer version or binding overtakes.
 */
export class LanguageService {
  readonly #documents = new Map<string, OpenDocument>();
  readonly #bindings = new Map<string, Promise<BindingAnswer>>();
  readonly #running = new Map<string, AbortController>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #again = new Map<string, NodeJS.Timeout>();
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
    this.#documents.set(uri, new OpenDocument(uri, version, text));
    this.#schedule(uri);
  }

  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): void {
    const document = this.#documents.get(uri);
    if (!document) return;
    document.update(changes, version, Date.now());
    this.#schedule(uri);
  }

  close(uri: string): void {
    this.#documents.delete(uri);
    this.#bindings.delete(uri);
    this.#running.get(uri)?.abort();
    this.#running.delete(uri);
    for (const timers of [this.#timers, this.#again]) {
      clearTimeout(timers.get(uri));
      timers.delete(uri);
    }
    this.#output.publish(uri, 0, []);
  }

  /** Bindings or resources changed: what was known of the cloud is asked for again. */
  worldChanged({ epoch, uris }: DidChangeParams, bindings: boolean): void {
    this.#epoch = Math.max(this.#epoch, epoch);
    for (const [uri, document] of this.#documents) {
      if (uris && !uris.includes(uri)) continue;
      if (bindings) this.#bindings.delete(uri);
      // Another cloud's findings are not this one's; what only grew older stands until it is answered anew.
      if (bindings) this.#forget(document);
      else for (const { section } of document.sections) section.outdated = true;
      this.#schedule(uri);
    }
  }

  async complete(uri: string, position: Position, signal: AbortSignal): Promise<CompletionList | null> {
    const document = this.#documents.get(uri);
    const place = document && completionPlace(document, position);
    if (!document || !place) return null;
    if (place.what === 'annotation') return annotationItems(document, place);
    if (!this.#host.list) return null;
    const { version } = document;
    const answer = await this.#host.list({ uri, kind: place.rule.to, limit: 200 }, signal);
    return document.version === version ? valueItems(document, place, answer.value.items, answer.value.incomplete) : null;
  }

  async hover(uri: string, position: Position, signal: AbortSignal): Promise<Hover | null> {
    const document = this.#documents.get(uri);
    const at = document && referenceAt(document, position);
    if (!document || !at || !this.#host.find) return null;
    const { query, rule } = at.reference;
    const known = at.placed.section.answers.get(at.reference);
    const answer = known ?? (await this.#host.find({ uri, queries: [{ kind: rule.to, query }] }, signal)).value[0];
    if (answer?.verdict !== 'found' || !answer.matches[0]) return null;
    return hoverOf(document, at, answer.matches[0], await this.#binding(uri));
  }

  async codeActions(uri: string, diagnostics: readonly Diagnostic[], signal: AbortSignal): Promise<CodeAction[]> {
    const ours = diagnostics.filter(({ source, data }) => source === 'Hybrid Clusters' && data !== undefined);
    const actions = await Promise.all(
      ours.map(async (diagnostic) => {
        const { kind } = diagnostic.data as DiagnosticData;
        const document = this.#documents.get(uri);
        const reference = document && referenceAt(document, diagnostic.range.start)?.reference;
        const wanted = kind !== undefined && this.#host.list && reference;
        const list = wanted ? await this.#host.list?.({ uri, kind: kind as KindId, limit: 6 }, signal) : undefined;
        return codeActionsFor(uri, diagnostic, list?.value.items ?? [], reference?.rule.by === 'id');
      }),
    );
    return actions.flat();
  }

  documentLinks(uri: string): DocumentLink[] {
    const document = this.#documents.get(uri);
    return document ? documentLinks(document) : [];
  }

  inlayHints(uri: string, lines: { start: number; end: number }): InlayHint[] {
    const document = this.#documents.get(uri);
    return document && this.#options.inlayHints !== false ? inlayHints(document, lines) : [];
  }

  dispose(): void {
    for (const uri of [...this.#documents.keys()]) this.close(uri);
  }

  /** On the next turn of the loop: keystrokes that wait already in the pipe come first, and only the newest text is checked. */
  #schedule(uri: string): void {
    this.#running.get(uri)?.abort();
    const running = new AbortController();
    this.#running.set(uri, running);
    setImmediate(() => {
      if (!running.signal.aborted) void this.#check(uri, running.signal);
    });
  }

  async #check(uri: string, signal: AbortSignal): Promise<void> {
    const document = this.#documents.get(uri);
    if (!document) return;
    this.#publish(document);
    const sections = [...new Set(document.sections.map(({ section }) => section))];
    const unasked = sections.filter(({ references, checked, outdated }) => references.length > 0 && (!checked || outdated));
    if (unasked.length > 0 && this.#host.find) await this.#ask(document, unasked, signal);
    if (signal.aborted) return;
    this.#report(document, sections);
  }

  async #ask(document: OpenDocument, sections: readonly Section[], signal: AbortSignal): Promise<void> {
    const { uri, version } = document;
    const binding = await this.#binding(uri);
    if (signal.aborted || !binding.binding?.cloud) return;
    const lookup = new HostLookup(this.#host, uri, binding.place);
    const references = sections.flatMap((section) => section.references);
    const checked = await checkReferences(references, lookup, signal).catch(() => undefined);
    if (!checked || signal.aborted || document.version !== version) return;
    if ((lookup.epoch ?? this.#epoch) < this.#epoch) return this.#schedule(uri);
    for (const section of sections) {
      const findings = checked.findings.filter(({ reference }) => section.references.includes(reference));
      for (const reference of section.references) {
        const answer = lookup.answers.get(keyOf({ kind: reference.rule.to, query: reference.query }));
        if (answer) section.answers.set(reference, answer);
      }
      const unknown = section.references.filter(
        (reference) => (section.answers.get(reference)?.verdict ?? 'unknown') === 'unknown',
      ).length;
      section.outdated = false;
      section.checked = {
        epoch: this.#epoch,
        findings,
        unknown,
        ...(checked.paused === undefined ? {} : { paused: checked.paused }),
      };
    }
    this.#publish(document);
    this.#output.refreshHints();
  }

  #publish(document: OpenDocument): void {
    const now = Date.now();
    const typingUntil = (document.lastEdit?.at ?? 0) + typingMs;
    const { severities = {}, otherYaml = false } = this.#options;
    this.#output.publish(document.uri, document.version, diagnosticsOf(document, { severities, otherYaml, typingUntil, now }));
    clearTimeout(this.#timers.get(document.uri));
    // What is held back while it is typed is told as soon as the hands rest.
    if (now < typingUntil)
      this.#timers.set(
        document.uri,
        setTimeout(() => this.#documents.get(document.uri) === document && this.#publish(document), typingUntil - now + 1),
      );
  }

  #report(document: OpenDocument, sections: readonly Section[]): void {
    const sum = (of: (section: Section) => number) => sections.reduce((total, section) => total + of(section), 0);
    const paused = sections.find(({ checked }) => checked?.paused !== undefined)?.checked?.paused;
    const wrong = sum(({ checked }) => checked?.findings.length ?? 0);
    const unknown = sum(({ references, checked }) => (checked ? checked.unknown : references.length));
    this.#output.didRun({
      uri: document.uri,
      references: sum(({ references }) => references.length),
      wrong,
      unknown,
      ...(paused === undefined ? {} : { paused }),
    });
    if (wrong + unknown > 0 && this.#host.find) this.#askAgainLater(document);
  }

  #askAgainLater(document: OpenDocument): void {
    const { uri } = document;
    clearTimeout(this.#again.get(uri));
    const again = () => {
      if (this.#documents.get(uri) !== document) return;
      for (const { section } of document.sections)
        if (section.checked && (section.checked.unknown > 0 || section.checked.findings.length > 0)) section.outdated = true;
      this.#schedule(uri);
    };
    this.#again.set(uri, setTimeout(again, againMs).unref());
  }

  #binding(uri: string): Promise<BindingAnswer> {
    const known = this.#bindings.get(uri);
    if (known) return known;
    const asked = (this.#host.binding?.({ uri }) ?? Promise.resolve({ epoch: 0, value: unbound })).then(({ epoch, value }) => {
      this.#epoch = Math.max(this.#epoch, epoch);
      return value;
    });
    this.#bindings.set(uri, asked);
    asked.catch(() => this.#bindings.delete(uri));
    return asked.catch(() => unbound);
  }

  #forget(document: OpenDocument): void {
    for (const { section } of document.sections) {
      section.checked = undefined;
      section.answers.clear();
    }
  }
}

const unbound: BindingAnswer = { binding: undefined, place: undefined };

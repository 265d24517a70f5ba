import { setTimeout as delay } from 'node:timers/promises';
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import type { CodeAction, CompletionList, Diagnostic, DocumentLink, Hover, InlayHint } from 'vscode-languageserver-types';
import type { KindName, SchemasOf } from '../manifest/schema/structure.ts';
import type { Syntax } from '../manifest/syntax.ts';
import { questionOf } from '../manifest/verdict.ts';
import type { KindId } from '../openstack/kinds/kinds.ts';
import type { BindingAnswer, CheckDidRunParams, DidChangeParams, InitializationOptions } from '../protocol.ts';
import { besideFindings, wantsFiles } from './besideCheck.ts';
import { betweenTurns } from './betweenTurns.ts';
import { codeActionsFor } from './codeActions.ts';
import { annotationItems, completionPlace, valueItems } from './completion.ts';
import { type DiagnosticData, diagnosticsOf } from './diagnostics.ts';
import { Editing } from './editing.ts';
import { fixAll } from './fixAll.ts';
import { HostLookup, type LanguageHost } from './host.ts';
import { hoverOf } from './hover.ts';
import { documentLinks, inlayHints } from './links.ts';
import { OpenDocument } from './openDocument.ts';
import { Opened } from './opened.ts';
import { referenceAt } from './referenceAt.ts';
import { ReferenceCheck, referenceCounts } from './referenceCheck.ts';
import { Schemas } from './schemas.ts';
import { schemaHover, schemaItems } from './schemaWords.ts';
import type { Section } from './section.ts';
import { snippetItems } from './snippets.ts';
import { suppressActions } from './suppressActions.ts';

/** Where the service's results go. */
export interface ServiceOutput {
  publish(uri: string, version: number, diagnostics: readonly Diagnostic[]): void;
  didRun(params: CheckDidRunParams): void;
  /** What stands beside the text (names beside ids, tokens) may be other than before. */
  refreshHints(): void;
  /** Links that were given of a text are others now, though the text is not. */
  refreshLinks(): void;
  /** A check ended by a bug of ours: the other files go on. */
  broke(error: unknown): void;
}

/** What the client said of itself: in its options, and in its capabilities. */
export interface ServiceOptions extends InitializationOptions {
  /** It takes texts with places to be filled in. */
  readonly snippets?: boolean;
}

type Position = { readonly line: number; readonly character: number };

/** A value that was just typed is not accused for so long. */
const typingMs = 700;
/** What was missing or could not be checked is asked for again after so long, while the file is open. */
const againMs = 30_000;
/** What spans documents is checked so long after a keystroke. */
const acrossMs = 100;
/** So long schemas are waited for before trees are let go of. */
const schemasMs = 50;
/** A large file is read in turns of so many ms, between which the editor is answered. */
const turnMs = 25;
/** A document of more than so many UTF-16 units is not read at every keystroke, but when the hands rest for so long. */
const [heavy, heavyMs] = [1024 * 1024, 200];

/** What declares objects and is changed by a rename: neither an older version in a diff, nor an object of a cluster that is being edited. */
const manifestFile = /^(?:file|untitled):/;

/**
 * The language server's thinking, without its wire: keeps the open files, checks what changed at once, asks the host for what only the cloud knows, and answers the editor.
 * Syntax and every reference already answered are published on the next turn of the loop; the rest in one second publication. A newer version or binding overtakes.
 */
export class LanguageService {
  readonly #opened = new Map<string, Opened>();
  readonly #host: LanguageHost;
  readonly #output: ServiceOutput;
  readonly #options: ServiceOptions;
  readonly #schemas: Schemas;
  #epoch = 0;
  readonly #references: ReferenceCheck;
  /** The shape of files, and names that several share. */
  readonly editing: Editing;

  constructor(host: LanguageHost, output: ServiceOutput, options: ServiceOptions) {
    this.#host = host;
    this.#output = output;
    this.#options = options;
    this.#schemas = new Schemas(host);
    const bound = (opened: Opened) => ({ document: opened.document, binding: () => this.#binding(opened) });
    const get = (uri: string) => {
      const opened = this.#opened.get(uri);
      return opened && bound(opened);
    };
    const all = () => [...this.#opened.values()].filter(({ document }) => manifestFile.test(document.uri)).map(bound);
    this.editing = new Editing({ get, all }, host);
    this.#references = new ReferenceCheck(host, {
      opened: () => this.#opened.values(),
      binding: (opened) => this.#binding(opened),
      createdBeside: (opened, signal) => this.editing.createdBeside(bound(opened), signal),
      epoch: () => this.#epoch,
      again: (opened) => this.#schedule(opened),
    });
  }

  open(uri: string, version: number, text: string, syntax: Syntax = 'yaml'): void {
    this.#opened.get(uri)?.stop();
    const opened = new Opened(new OpenDocument(uri, version, text, syntax), new HostLookup(this.#host, uri));
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
    const closed = this.#opened.get(uri);
    closed?.stop();
    this.#opened.delete(uri);
    if (closed && closed.own.size > 0) this.#references.createsOther(closed);
    this.#output.publish(uri, 0, []);
    const { generation } = this.#schemas;
    this.#schemas.define(uri, []);
    this.#rereadSince(generation);
  }

  /** Bindings or resources changed: what was known of the cloud is asked for again. */
  worldChanged({ epoch, uris }: DidChangeParams, bindings: boolean): void {
    this.#epoch = Math.max(this.#epoch, epoch);
    if (bindings) {
      this.#schemas.outdate();
      this.editing.objects.forget();
    }
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

  /** A cluster may serve other kinds: their schemas are asked for again, and what is known stands until then. */
  clusterChanged(): void {
    this.#schemas.outdate();
    for (const opened of this.#opened.values()) this.#schedule(opened);
  }

  async complete(uri: string, position: Position, signal: AbortSignal): Promise<CompletionList | null> {
    const opened = this.#opened.get(uri);
    if (!opened) return null;
    const { document } = opened;
    const place = completionPlace(document, position);
    if (!place)
      return (await this.#snippets(document, position, signal)) ?? schemaItems(document, position, this.#schemasOf(opened));
    if (place.what === 'annotation') return annotationItems(document, place);
    if (!this.#host.list) return null;
    const { version } = document;
    const answer = await this.#host.list({ uri, kind: place.rule.to, as: place.as, limit: 200 }, signal);
    return document.version === version ? valueItems(document, place, answer.value.items, answer.value.incomplete) : null;
  }

  async #snippets(document: OpenDocument, position: Position, signal: AbortSignal): Promise<CompletionList | null> {
    const { uri } = document;
    const names = async (kind: KindId) => (await this.#host.list?.({ uri, kind, limit: 30 }, signal))?.value.items ?? [];
    return (this.#options.snippets && (await snippetItems(document, position, names))) || null;
  }

  async hover(uri: string, position: Position, signal: AbortSignal): Promise<Hover | null> {
    const opened = this.#opened.get(uri);
    if (!opened) return null;
    const at = referenceAt(opened.document, position);
    if (!at || !this.#host.find) return schemaHover(opened.document, position, this.#schemasOf(opened));
    const known = at.placed.section.answers.get(at.reference);
    const answer = known ?? (await this.#host.find({ uri, queries: [questionOf(at.reference)] }, signal)).value[0];
    if (answer?.verdict !== 'found' || !answer.matches[0]) return null;
    const bound = await this.#binding(opened);
    const uses = await this.editing.uses.of(answer.matches[0], bound.binding, signal);
    const seenBy = answer.by ? { binding: undefined, place: answer.by.place } : bound;
    return hoverOf(opened.document, at, answer.matches[0], { ...seenBy, uses });
  }

  async codeActions(uri: string, diagnostics: readonly Diagnostic[], signal: AbortSignal): Promise<CodeAction[]> {
    const ours = diagnostics.filter(({ source, data }) => source === 'Hybrid Clusters' && data !== undefined);
    const actions = await Promise.all(
      ours.map(async (diagnostic) => {
        const { kind } = diagnostic.data as DiagnosticData;
        const document = this.#opened.get(uri)?.document;
        const reference = document && referenceAt(document, diagnostic.range.start)?.reference;
        const wanted = kind !== undefined && this.#host.list && reference;
        const list = wanted
          ? await this.#host.list?.({ uri, kind: kind as KindId, as: reference?.as, limit: 6 }, signal)
          : undefined;
        return codeActionsFor(uri, diagnostic, reference, list?.value.items ?? []);
      }),
    );
    const document = this.#opened.get(uri)?.document;
    return document ? [...actions.flat(), ...suppressActions(document, diagnostics)] : [];
  }

  /** What is saved is checked first, to the end. */
  async fixAll(uri: string): Promise<CodeAction[]> {
    return fixAll(uri, await this.diagnostics(uri));
  }

  /** The editor asks once for each version of a text, so that the answer waits for the check; links that are others later are told. */
  async documentLinks(uri: string): Promise<DocumentLink[]> {
    await this.#opened.get(uri)?.checked;
    const opened = this.#opened.get(uri);
    if (!opened) return [];
    const links = documentLinks(opened.document);
    opened.links = { version: opened.document.version, given: JSON.stringify(links) };
    return links;
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

  /** Reads what is to be read, in turns, and tells it. */
  async #read(opened: Opened, signal: AbortSignal): Promise<void> {
    let [more, told, asked] = [true, Number.NEGATIVE_INFINITY, false];
    const schemasOf = this.#schemasOf(opened);
    opened.reading = signal;
    while (more && !signal.aborted) {
      more = opened.document.read(turnMs, schemasOf, this.#schemas.generation);
      this.#references.judge(opened);
      if (!more || performance.now() - told > 1000) {
        this.#publish(opened, !more);
        told = performance.now();
      }
      // What the first ones are of, the others mostly are, too: their schemas come meanwhile.
      if (more && !asked) opened.early = this.#askHost(opened, opened.sections, signal).catch(() => undefined);
      asked = true;
      if (more) await betweenTurns();
    }
    if (opened.reading === signal) opened.reading = undefined;
  }

  async #check(opened: Opened, signal: AbortSignal): Promise<void> {
    await this.#read(opened, signal);
    // What was told is written on the next turn.
    await new Promise(setImmediate);
    if (signal.aborted) return;
    const { sections } = opened;
    const asking = this.#askSchemas(opened, sections, signal).catch((error: unknown) => this.#output.broke(error));
    // Schemas that come soon find the trees that were just read.
    await Promise.race([asking, delay(schemasMs)]);
    // What it names is worked out when its mistakes are told.
    while (!signal.aborted && opened.document.settle(turnMs)) await betweenTurns();
    if (signal.aborted) return;
    const unasked = sections.filter((section) => section.content.references.length > 0 && (!section.checked || section.outdated));
    if (unasked.length > 0 && this.#host.find) await this.#ask(opened, unasked, signal);
    if (!signal.aborted) this.#report(opened, sections);
    this.#checkAcross(opened, signal).catch((error: unknown) => this.#output.broke(error));
  }

  /** What spans documents follows when the hands rest a little. */
  async #checkAcross(opened: Opened, signal: AbortSignal): Promise<void> {
    await delay(acrossMs);
    if (signal.aborted) return;
    // What this file declares, another may name.
    const others = [...this.#opened.values()].filter((one) =>
      one.sections.some((section) => section.objects.length > 0 || wantsFiles(section)),
    );
    for (const one of new Set([opened, ...others]))
      this.#checkObjects(one, one.running.signal).catch((error: unknown) => this.#output.broke(error));
  }

  /** It may ask a cluster, and for the files that are not open. */
  async #checkObjects(opened: Opened, signal: AbortSignal): Promise<void> {
    const { document } = opened;
    const { version } = document;
    const [named, beside] = await Promise.all([
      this.editing.objects.check({ document, binding: () => this.#binding(opened) }, signal),
      besideFindings(document, this.#host, signal),
    ]);
    const found = new Map([...named, ...beside]);
    if (signal.aborted || document.version !== version) return;
    let changed = false;
    for (const section of opened.sections) {
      const findings = found.get(section) ?? [];
      const isSilent = findings.length + section.objects.length === 0;
      changed ||= !isSilent && JSON.stringify(findings) !== JSON.stringify(section.objects);
      section.objects = findings;
    }
    if (changed) this.#publish(opened, true);
    if (found.size > 0) this.#askAgainLater(opened);
  }

  /** The objects of a cluster are other than before. */
  objectsChanged(): void {
    this.editing.objects.forget();
    for (const opened of this.#opened.values()) this.#schedule(opened);
  }

  /** What is not known of the kinds yet is asked, and then all files are read by it that are open. */
  async #askSchemas(opened: Opened, sections: readonly Section[], signal: AbortSignal): Promise<void> {
    const { uri } = opened.document;
    const { generation } = this.#schemas;
    this.#schemas.define(
      uri,
      sections.flatMap(({ content }) => content.defines),
    );
    await opened.early;
    await this.#askHost(opened, sections, signal);
    this.#rereadSince(generation);
  }

  async #askHost(opened: Opened, sections: readonly Section[], signal: AbortSignal): Promise<void> {
    const kinds = sections.flatMap(({ content }) => content.kinds);
    if (!this.#host.schema || kinds.length === 0) return;
    const context = (await this.#binding(opened)).binding?.context;
    if (context !== opened.context) this.#schemas.renew();
    opened.context = context;
    await this.#schemas.ask(opened.document.uri, opened.context, kinds, signal);
  }

  #schemasOf(opened: Opened): SchemasOf {
    const of = (kind: KindName) => this.#schemas.of(opened.context, kind);
    return Object.assign(of, { defined: (group: string) => this.#schemas.definedIn(group) });
  }

  /** Other schemas say something else of the same text: what is being asked of a cloud goes on. */
  #rereadSince(generation: number): void {
    if (generation === this.#schemas.generation) return;
    // What is just being read is read by the new ones.
    for (const opened of this.#opened.values())
      if (!opened.reading || opened.reading.aborted)
        this.#read(opened, opened.running.signal).catch((error: unknown) => this.#output.broke(error));
  }

  async #ask(opened: Opened, sections: readonly Section[], signal: AbortSignal): Promise<void> {
    const asked = await this.#references.ask(opened, sections, signal);
    if (asked === 'overtaken') return;
    if (asked === 'judged') {
      this.#publish(opened, true);
      this.#output.refreshHints();
    }
    this.#compareLinks(opened);
  }

  #compareLinks(opened: Opened): void {
    const { document, links } = opened;
    // Of another version the editor asks by itself.
    if (links?.version !== document.version || links.given === JSON.stringify(documentLinks(document))) return;
    opened.links = undefined;
    this.#output.refreshLinks();
  }

  /** All that is to be told of a file, once its check is done: for a client that asks. */
  async diagnostics(uri: string): Promise<Diagnostic[]> {
    const opened = this.#opened.get(uri);
    await opened?.checked;
    return opened ? this.#diagnosticsOf(opened, true) : [];
  }

  #diagnosticsOf({ document }: Opened, complete: boolean): Diagnostic[] {
    const typingUntil = (document.lastEdit?.at ?? 0) + typingMs;
    const { severities = {}, otherYaml = false, findingsPage } = this.#options;
    return diagnosticsOf(document, { severities, otherYaml, findingsPage, typingUntil, now: Date.now(), complete });
  }

  #publish(opened: Opened, complete: boolean): void {
    const { document } = opened;
    const now = Date.now();
    const typingUntil = (document.lastEdit?.at ?? 0) + typingMs;
    this.#output.publish(document.uri, document.version, this.#diagnosticsOf(opened, complete));
    clearTimeout(opened.typing);
    // What is held back while it is typed is told as soon as the hands rest.
    if (now < typingUntil) opened.typing = setTimeout(() => this.#publish(opened, complete), typingUntil - now + 1);
  }

  #report(opened: Opened, sections: readonly Section[]): void {
    const counts = referenceCounts(sections);
    this.#output.didRun({ uri: opened.document.uri, ...counts });
    if (counts.wrong + counts.unknown > 0 && this.#host.find) this.#askAgainLater(opened);
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

import {
  CodeAction,
  CodeActionKind,
  type Diagnostic,
  type DiagnosticCollection,
  type Disposable,
  type Event,
  languages,
  type TextDocument,
  Uri,
  WorkspaceEdit,
  workspace,
} from 'vscode';
import type { Bindings } from './bindings.ts';

/** A finding in what is rendered, with the texts that may stand in the place of its own. */
export interface RenderedFinding {
  readonly diagnostic: Diagnostic;
  /** What stands there, as it was checked. */
  readonly text: string;
  readonly fixes: readonly { readonly title: string; readonly newText: string; readonly preferred?: boolean }[];
}

/** What was found in what is rendered of the workspace's files, by URI of the file that gave the value. */
export interface Rendered {
  readonly found: ReadonlyMap<string, readonly RenderedFinding[]>;
  /** Files that others are made of: what is wrong with their references depends on who is made of them, and stands in `found`. */
  readonly parts: ReadonlySet<string>;
}

/** Renders and checks what these open files are part of, or all there is when none are given, `anew` also what did not change; undefined when nothing is rendered here, or `signal` was aborted. */
export type CheckRendered = (
  open: readonly Uri[] | undefined,
  anew: boolean,
  signal: AbortSignal,
) => Promise<Rendered | undefined>;

interface RenderedParts {
  readonly bindings: Bindings;
  /** Resources of a cloud are other than before. */
  readonly onDidChangeCloud: Event<unknown>;
  /** Loads what renders: with the first file that may be part of something rendered. */
  readonly load: () => Promise<CheckRendered>;
  readonly failed: (error: unknown) => void;
}

type Show = (uri: Uri, diagnostics: Diagnostic[]) => void;

/** The hands rest for so long before anything is rendered. */
const restMs = 500;
/** What was missing is looked for again after so long. */
const againMs = 30_000;
/** What the language server says of a part by itself, and what is not told of it: an overlay may say otherwise. */
const dependsOnOverlays = /^(?:reference\.|suppression\.unused$|object\.missing(?:Key|Port)$)/;

/**
 * Findings of overlays, charts and Flux Kustomizations beside those of the language server: each is told once. Checked when a YAML file is opened or saved and when a binding changes, in a
 * trusted workspace only, since rendering runs the user's programs on its files.
 */
export class RenderedFindings implements Disposable {
  readonly #parts: RenderedParts;
  readonly #collection: DiagnosticCollection = languages.createDiagnosticCollection('hybridClusters.rendered');
  readonly #subscriptions: readonly Disposable[];
  readonly #fromServer = new Map<string, { readonly diagnostics: readonly Diagnostic[]; readonly show: Show }>();
  #rendered: Rendered = { found: new Map(), parts: new Set() };
  #check: Promise<CheckRendered> | undefined;
  #waiting: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #anew = false;
  #running = new AbortController();

  constructor(parts: RenderedParts) {
    this.#parts = parts;
    const see = (document: TextDocument) => {
      if (isSource(document)) this.renew();
    };
    this.#subscriptions = [
      workspace.onDidOpenTextDocument(see),
      workspace.onDidSaveTextDocument(see),
      parts.bindings.onDidChange(() => this.renew()),
      parts.onDidChangeCloud(() => this.#check && this.renew(true)),
      languages.registerCodeActionsProvider(
        { scheme: 'file' },
        { provideCodeActions: (document, _range, { diagnostics }) => this.#fixesOf(document, diagnostics) },
        { providedCodeActionKinds: [CodeActionKind.QuickFix] },
      ),
    ];
    this.renew();
  }

  /** Findings of the language server on their way to the editor. */
  fromServer(uri: Uri, diagnostics: readonly Diagnostic[], show: Show): void {
    this.#fromServer.set(uri.toString(), { diagnostics, show });
    this.#showBoth(uri.toString());
  }

  /** Checks what open files are part of when the hands rest; `anew`, too, what did not change on this side. */
  renew(anew = false): void {
    this.#anew ||= anew;
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => void this.#run().catch(this.#parts.failed), restMs);
  }

  /** Checks all that is rendered in the workspace, and tells what there is; what was found before, once `signal` is aborted. */
  async checkAll(signal: AbortSignal): Promise<Rendered> {
    signal.addEventListener('abort', () => this.#running.abort(), { once: true });
    clearTimeout(this.#waiting);
    this.#anew = true;
    await this.#run(true);
    return this.#rendered;
  }

  async #run(all = false): Promise<void> {
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    const open = workspace.textDocuments.filter(isSource).map(({ uri }) => uri);
    if (!workspace.isTrusted || (open.length === 0 && !this.#check && !all)) return;
    this.#check ??= this.#parts.load();
    const check = await this.#check;
    const rendered = await check(all ? undefined : open, this.#anew, signal);
    if (!rendered || signal.aborted) return;
    this.#anew = false;
    const before = this.#rendered;
    this.#rendered = rendered;
    const touched = [before, rendered].flatMap(({ found, parts }) => [...found.keys(), ...parts]);
    for (const uri of new Set(touched)) this.#showBoth(uri);
    clearTimeout(this.#again);
    const isMissing = [...rendered.found.values()].flat().some(({ diagnostic }) => codeOf(diagnostic).startsWith('reference.'));
    if (isMissing) this.#again = setTimeout(() => this.renew(true), againMs);
  }

  #showBoth(uri: string): void {
    const { diagnostics, show } = this.#fromServer.get(uri) ?? { diagnostics: [] };
    const isPart = this.#rendered.parts.has(uri);
    const told = diagnostics.filter((one) => !isPart || !dependsOnOverlays.test(codeOf(one)));
    const places = new Set(told.map(placeOf));
    const all = (this.#rendered.found.get(uri) ?? []).map(({ diagnostic }) => diagnostic);
    const others = all.filter((one) => !places.has(placeOf(one)));
    show?.(Uri.parse(uri), told);
    this.#collection.set(Uri.parse(uri), others);
  }

  /** Where a text still stands as it was checked, wherever typing has moved it. One value may be wrong in several clouds: what is right in all that say so is offered once. */
  #fixesOf(document: TextDocument, diagnostics: readonly Diagnostic[]): CodeAction[] {
    const known = this.#rendered.found.get(document.uri.toString()) ?? [];
    const actions = new Map<string, CodeAction>();
    for (const shown of diagnostics) {
      const same = ({ diagnostic, text }: RenderedFinding) =>
        diagnostic.message === shown.message && codeOf(diagnostic) === codeOf(shown) && text === document.getText(shown.range);
      for (const { title, newText, preferred = false } of known.find(same)?.fixes ?? []) {
        const action = actions.get(newText) ?? new CodeAction(title, CodeActionKind.QuickFix);
        action.diagnostics = [...(action.diagnostics ?? []), shown];
        action.isPreferred = preferred;
        action.edit = new WorkspaceEdit();
        action.edit.replace(document.uri, shown.range, newText);
        actions.set(newText, action);
      }
    }
    const all = [...actions.values()];
    // Which of two is meant, nobody knows.
    if (all.length > 1) for (const action of all) action.isPreferred = false;
    return all;
  }

  dispose(): void {
    clearTimeout(this.#waiting);
    clearTimeout(this.#again);
    this.#running.abort();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#collection.dispose();
  }
}

/** YAML that is on the disk; a kustomization may be called `Kustomization` and a configuration file have any name, but whoever edits one has the overlay open, too. */
function isSource({ languageId, uri, isClosed }: TextDocument): boolean {
  return uri.scheme === 'file' && !isClosed && (languageId === 'yaml' || languageId === 'helm');
}

function codeOf({ code }: Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

/** Two findings of one code at one place are one. */
function placeOf(one: Diagnostic): string {
  const { line, character } = one.range.start;
  return `${line}:${character} ${codeOf(one)}`;
}

import {
  commands,
  type Disposable,
  l10n,
  MarkdownString,
  StatusBarAlignment,
  type StatusBarItem,
  type TextDocument,
  ThemeColor,
  type Uri,
  window,
  workspace,
} from 'vscode';
import { timeOfDay } from '../base/clock.ts';
import type { Failure } from '../base/failure.ts';
import { type Binding, describeBinding } from '../binding/binding.ts';
import type { Bindings } from './bindings.ts';
import type { Checked, Checks } from './checks.ts';
import { reasonWords } from './tell.ts';

export interface StatusBarParts {
  readonly bindings: Bindings;
  readonly checks: Checks;
  /** Why the cloud of a binding could not be asked the last time. */
  readonly trouble: (binding: Binding) => Failure | undefined;
  readonly protection: (context: string) => 'open' | 'protected' | 'readOnly';
}

/** The one item that says where one is: the binding of the document in front, else of the first folder; or that checking is paused, and why. */
export class StatusBar implements Disposable {
  readonly #parts: StatusBarParts;
  readonly #item: StatusBarItem;
  readonly #subscriptions: readonly Disposable[];

  constructor(parts: StatusBarParts) {
    this.#parts = parts;
    this.#item = window.createStatusBarItem('hybridClusters.where', StatusBarAlignment.Left, 50);
    this.#item.name = l10n.t('Hybrid Clusters: where am I');
    this.#item.command = 'hybridClusters.where';
    const show = () => this.#show();
    this.#subscriptions = [
      this.#item,
      window.onDidChangeActiveTextEditor(show),
      parts.bindings.onDidChange(show),
      parts.checks.onDidChange(show),
    ];
    show();
  }

  #show(): void {
    const place = placeInFront();
    const binding = place && this.#parts.bindings.of(place);
    void commands.executeCommand('setContext', 'hybridClusters.bound', binding !== undefined);
    if (binding) this.#showBinding(place, binding);
    else this.#showUnbound();
  }

  #showBinding(place: Uri, binding: Binding): void {
    const trouble = this.#parts.trouble(binding);
    const protection = binding.context ? this.#parts.protection(binding.context) : 'open';
    const lock = { open: '', protected: ' $(shield)', readOnly: ' $(lock)' }[protection];
    const words = trouble
      ? l10n.t('{0}: {1}, not checking', binding.cloud ?? '', reasonWords(trouble.reason))
      : escapeIcons(describeBinding(binding));
    this.#item.text = `$(layers) ${words}${lock}`;
    this.#item.tooltip = this.#tooltip(binding, this.#parts.checks.of(place), trouble, protection);
    this.#item.backgroundColor = protection === 'protected' ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.accessibilityInformation = { label: l10n.t('Hybrid Clusters: {0}, {1}', words, protectionWords(protection)) };
    this.#item.show();
  }

  #showUnbound(): void {
    const document = window.activeTextEditor?.document;
    if (!workspace.isTrusted || !document || !isManifest(document)) {
      this.#item.hide();
      return;
    }
    this.#item.text = `$(layers) ${l10n.t('Bind this folder…')}`;
    this.#item.tooltip = l10n.t(
      'Nothing is looked up and nothing is underlined until this folder is bound to a cloud or a cluster.',
    );
    this.#item.backgroundColor = undefined;
    this.#item.accessibilityInformation = { label: l10n.t('Hybrid Clusters: bind this folder') };
    this.#item.show();
  }

  #tooltip(
    binding: Binding,
    checked: Checked | undefined,
    trouble: Failure | undefined,
    protection: 'open' | 'protected' | 'readOnly',
  ): MarkdownString {
    const tooltip = new MarkdownString();
    const lines = [
      binding.cloud && l10n.t('Cloud {0}', [binding.cloud, binding.project, binding.region].filter(Boolean).join(' › ')),
      binding.context && l10n.t('Context {0}', [binding.context, binding.namespace].filter(Boolean).join(' › ')),
      protection !== 'open' && protectionWords(protection),
      trouble?.message,
      checked && describeCheck(checked),
    ];
    for (const line of lines.filter((one) => typeof one === 'string' && one !== '')) tooltip.appendText(`${line}\n\n`);
    return tooltip;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

/** "4 references checked, 1 wrong, at 12:03." */
export function describeCheck({ references, wrong, unknown, at, paused }: Checked): string {
  const time = timeOfDay(at);
  const parts = [
    references - unknown === 1
      ? l10n.t('1 reference checked at {0}', time)
      : l10n.t('{0} references checked at {1}', references - unknown, time),
    wrong > 0 && l10n.t('{0} wrong', wrong),
    unknown > 0 && l10n.t('{0} not checked', unknown),
  ];
  const sentence = `${parts.filter(Boolean).join(', ')}.`;
  return paused ? `${sentence} ${paused}` : sentence;
}

/** The document in front if it is one of a folder or of disk; else the first folder. */
export function placeInFront(): Uri | undefined {
  const document = window.activeTextEditor?.document;
  if (document && (document.uri.scheme === 'file' || document.uri.scheme === 'untitled')) return document.uri;
  return workspace.workspaceFolders?.[0]?.uri;
}

/** Whether a document looks like Kubernetes manifests: YAML whose beginning names an apiVersion. */
export function isManifest(document: TextDocument): boolean {
  return document.languageId === 'yaml' && firstManifestLine(document) !== undefined;
}

const farEnough = 400;

/** The line of the first top-level `apiVersion` or `kind` of a document; looks at its beginning only. */
export function firstManifestLine(document: TextDocument): number | undefined {
  for (let line = 0; line < Math.min(document.lineCount, farEnough); line++) {
    const { text } = document.lineAt(line);
    if (/^["']?(apiVersion|kind)["']?\s*:/.test(text)) return line;
  }
  return undefined;
}

function protectionWords(protection: 'open' | 'protected' | 'readOnly'): string {
  return { open: l10n.t('not protected'), protected: l10n.t('protected target'), readOnly: l10n.t('read-only target') }[
    protection
  ];
}

/** Names from files may hold `$(icon)` syntax; they are text. */
const escapeIcons = (text: string) => text.replaceAll('$(', '\\$(');

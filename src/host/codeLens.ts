import {
  CodeLens,
  type CodeLensProvider,
  type Disposable,
  type Event,
  EventEmitter,
  l10n,
  languages,
  Range,
  type TextDocument,
  workspace,
} from 'vscode';
import type { Binding } from '../binding/binding.ts';
import type { Bindings } from './bindings.ts';
import type { Checked, Checks } from './checks.ts';
import { describeCheck, firstManifestLine } from './statusBar.ts';

/** Above the first manifest of a file: `Apply Deploy → sandbox-admin/shop | Plan | 4 references checked in demo · 1 wrong`. */
export class ManifestLens implements CodeLensProvider, Disposable {
  readonly #bindings: Bindings;
  readonly #checks: Checks;
  readonly #changed = new EventEmitter<void>();
  readonly #subscriptions: readonly Disposable[];

  constructor(bindings: Bindings, checks: Checks) {
    this.#bindings = bindings;
    this.#checks = checks;
    const fire = () => this.#changed.fire();
    this.#subscriptions = [
      bindings.onDidChange(fire),
      checks.onDidChange(fire),
      workspace.onDidGrantWorkspaceTrust(fire),
      languages.registerCodeLensProvider({ language: 'yaml', scheme: 'file' }, this),
    ];
  }

  get onDidChangeCodeLenses(): Event<void> {
    return this.#changed.event;
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    const line = workspace.isTrusted ? firstManifestLine(document) : undefined;
    if (line === undefined) return [];
    const range = new Range(line, 0, line, 0);
    const binding = this.#bindings.of(document.uri);
    const checked = this.#checks.of(document.uri);
    const lens = (title: string, command: string, tooltip?: string) =>
      new CodeLens(range, {
        title,
        command: `hybridClusters.${command}`,
        arguments: [document.uri],
        ...(tooltip ? { tooltip } : {}),
      });
    return [
      lens(applyTitle(binding), 'applyDeploy'),
      lens(l10n.t('Plan'), 'plan'),
      ...(binding?.cloud && checked && checked.references > 0
        ? [lens(checkTitle(binding.cloud, checked), 'where', describeCheck(checked))]
        : []),
      ...(binding ? [] : [lens(l10n.t('Bind this folder…'), 'bindFolder')]),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}

function applyTitle(binding: Binding | undefined): string {
  const target = [binding?.context, binding?.context && binding.namespace].filter(Boolean).join('/');
  return target ? l10n.t('Apply Deploy → {0}', target) : l10n.t('Apply Deploy');
}

function checkTitle(cloud: string, { references, wrong, unknown }: Checked): string {
  const known = references - unknown;
  const counted =
    known === 1 ? l10n.t('1 reference checked in {0}', cloud) : l10n.t('{0} references checked in {1}', known, cloud);
  return [counted, wrong > 0 && l10n.t('{0} wrong', wrong), unknown > 0 && l10n.t('{0} not checked', unknown)]
    .filter(Boolean)
    .join(' · ');
}

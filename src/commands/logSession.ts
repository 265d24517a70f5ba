import { commands, l10n, Uri, window, workspace } from 'vscode';
import type { Disposable } from '../base/event.ts';
import type { Documents } from '../host/documents.ts';
import { heading, type LogPrefix, LogScreen, parseFilter, said } from '../host/logScreen.ts';
import { type LogAction, LogTerminal, logActions } from '../host/logTerminal.ts';
import type { Prompts } from '../host/prompts.ts';
import type { Cluster, Contexts } from '../kubernetes/cluster.ts';
import { MergedLog } from '../kubernetes/mergedLog.ts';
import type { PodSelection } from '../kubernetes/podSelection.ts';
import { whenReplaced } from '../kubernetes/whenReplaced.ts';

/** Whose log is shown. */
export interface LogTarget {
  readonly cluster: Cluster;
  /** `Deployment shop/web`. */
  readonly title: string;
  /** `web`: the name of the terminal. */
  readonly name: string;
  readonly pods: PodSelection;
  /** One container alone; undefined: all. */
  readonly container?: string;
  /** It is about one pod: its name need not stand before each line. */
  readonly isPod: boolean;
}

export interface LogSessionParts {
  readonly contexts: Contexts;
  readonly prompts: Prompts;
  readonly documents: Documents;
}

/** Where a log begins; each container of its own. */
interface Beginning {
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
}

const lastLines: Beginning = { tailLines: 200 };

/** A log on the screen: what is read, how it is shown, and what its keys do. */
export class LogSession {
  readonly #parts: LogSessionParts;
  #target: LogTarget;
  readonly #closed: () => void;
  readonly #screen = new LogScreen(() => this.#prefix());
  readonly #terminal: LogTerminal;
  readonly #replaced: Disposable;
  #merged: MergedLog;
  #containers: readonly string[] | undefined;
  #beginning = lastLines;
  #previous = false;

  constructor(parts: LogSessionParts, target: LogTarget, closed: () => void) {
    this.#parts = parts;
    this.#target = target;
    this.#closed = closed;
    this.#containers = target.container === undefined ? undefined : [target.container];
    this.#merged = this.#read();
    this.#terminal = new LogTerminal({
      name: this.#name(),
      act: (action) => void this.act(action),
      opened: () => this.#redraw(),
      closed: () => this.#end(),
    });
    this.#replaced = whenReplaced(parts.contexts, target.cluster, (cluster) => {
      this.#target = { ...this.#target, cluster };
      this.#again();
    });
  }

  get isActive(): boolean {
    return this.#terminal.isActive;
  }

  show(): void {
    this.#terminal.show();
  }

  /** Does what a key or a command says. */
  async act(action: LogAction): Promise<void> {
    const screen = this.#screen;
    const { ring } = this.#merged;
    switch (action) {
      case 'pause':
        screen.paused = !screen.paused;
        this.#terminal.write(screen.paused ? said(l10n.t('Paused. Space goes on.')) : screen.news(ring));
        break;
      case 'clear':
        this.#terminal.write(screen.clear(ring));
        break;
      case 'timestamps':
        screen.timestamps = !screen.timestamps;
        this.#redraw();
        break;
      case 'wrap':
        screen.wrap = !screen.wrap;
        this.#redraw();
        break;
      case 'filter':
        await this.#filter();
        break;
      case 'containers':
        await this.#chooseContainers();
        break;
      case 'begin':
        await this.#begin();
        break;
      case 'previous':
        this.#previous = !this.#previous;
        this.#again();
        break;
      case 'again':
        this.#again();
        break;
      case 'save':
        await this.#save();
        break;
      case 'document':
        await this.#document();
        break;
      case 'actions':
        await this.#actions();
        break;
      case 'close':
        this.#end();
        this.#terminal.dispose();
        break;
    }
    this.#terminal.rename(this.#name());
  }

  #read(): MergedLog {
    const { cluster, pods } = this.#target;
    const merged = new MergedLog(cluster, {
      pods,
      ...(this.#containers ? { containers: this.#containers } : {}),
      follow: !this.#previous,
      previous: this.#previous,
      ...this.#beginning,
    });
    merged.onDidRead(() => this.#terminal.write(this.#screen.news(merged.ring)));
    merged.start();
    return merged;
  }

  #again(): void {
    this.#merged.dispose();
    this.#screen.begin();
    this.#merged = this.#read();
    this.#redraw();
  }

  #redraw(): void {
    const { cluster, title } = this.#target;
    const previous = this.#previous ? l10n.t('previous log') : l10n.t('log');
    const hint = l10n.t('Space pauses, f filters, k containers, b begins elsewhere, v previous, s saves, ? all keys');
    const first = heading(`${title} · ${cluster.context.name} · ${previous}`, hint);
    this.#terminal.write(this.#screen.redraw(this.#merged.ring, first));
  }

  #prefix(): LogPrefix {
    if (!this.#target.isPod) return 'whole';
    return this.#merged.containers.length > 1 && this.#containers?.length !== 1 ? 'container' : 'none';
  }

  #name(): string {
    const { paused, filter } = this.#screen;
    const words = [this.#target.name, this.#previous && l10n.t('previous'), filter?.text, paused && l10n.t('paused')];
    return words.filter(Boolean).join(' · ');
  }

  async #filter(): Promise<void> {
    const wrong = (text: string) => {
      const filter = parseFilter(text);
      return filter && 'wrong' in filter ? filter.wrong : undefined;
    };
    const title = l10n.t('Show lines with this text, /expression/i, or !… for all others; empty: all');
    const text = await this.#parts.prompts.text(title, this.#screen.filter?.text ?? '', wrong);
    const filter = text === undefined ? undefined : parseFilter(text);
    if (text === undefined || (filter && 'wrong' in filter)) return;
    this.#screen.filter = filter;
    this.#redraw();
  }

  async #chooseContainers(): Promise<void> {
    const chosen = this.#containers;
    const choices = this.#merged.containers.map((name) => ({
      label: name,
      picked: chosen?.includes(name) ?? true,
      value: name,
    }));
    const title = l10n.t('Which containers of {0}?', this.#target.title);
    const wanted = await this.#parts.prompts.pickMany(choices, { title });
    if (!wanted || wanted.length === 0) return;
    this.#containers = wanted.length === choices.length ? undefined : wanted;
    this.#again();
  }

  async #begin(): Promise<void> {
    const choices: readonly { readonly label: string; readonly value: Beginning }[] = [
      { label: l10n.t('The last {0} lines of each container', 200), value: lastLines },
      { label: l10n.t('The last {0} lines of each container', 5000), value: { tailLines: 5000 } },
      { label: l10n.t('The last minute'), value: { sinceSeconds: 60 } },
      { label: l10n.t('The last 10 minutes'), value: { sinceSeconds: 600 } },
      { label: l10n.t('The last hour'), value: { sinceSeconds: 3600 } },
      { label: l10n.t('The last day'), value: { sinceSeconds: 86_400 } },
      { label: l10n.t('The beginning'), value: {} },
      { label: l10n.t('Now'), value: { tailLines: 0 } },
    ];
    const chosen = await this.#parts.prompts.pick(choices, { title: l10n.t('Where shall the log begin?') });
    if (!chosen) return;
    this.#beginning = chosen;
    this.#again();
  }

  async #save(): Promise<void> {
    const [folder] = workspace.workspaceFolders ?? [];
    const name = `${this.#target.name.replaceAll(/[^\w.-]+/g, '-')}.log`;
    const where = await window.showSaveDialog({
      title: l10n.t('Save Log As…'),
      ...(folder ? { defaultUri: Uri.joinPath(folder.uri, name) } : {}),
    });
    if (!where) return;
    await workspace.fs.writeFile(where, Buffer.from(this.#screen.text(this.#merged.ring)));
    this.#terminal.write(said(l10n.t('Saved as {0}.', where.fsPath)));
  }

  /** As it stands now: a document that changes under the reader's eyes cannot be read. */
  async #document(): Promise<void> {
    const { cluster, name, pods } = this.#target;
    const path = `${cluster.context.name}/${pods.namespace}/${name}.log`;
    const text = this.#screen.text(this.#merged.ring);
    await commands.executeCommand(
      'vscode.open',
      this.#parts.documents.provide(path, () => text),
    );
  }

  async #actions(): Promise<void> {
    const choices = (Object.keys(logActions) as LogAction[])
      .filter((action) => action !== 'actions')
      .map((action) => ({ label: logActions[action].title, description: logActions[action].shown, value: action }));
    const title = l10n.t('{0} · {1} lines of {2} containers', this.#name(), this.#merged.ring.added, this.#merged.sources.length);
    const action = await this.#parts.prompts.pick(choices, { title });
    this.#terminal.show();
    if (action) await this.act(action);
  }

  #end(): void {
    this.#replaced.dispose();
    this.#merged.dispose();
    this.#closed();
  }
}

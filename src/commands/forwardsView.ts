import {
  commands,
  type Disposable,
  EventEmitter,
  l10n,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  type TreeView,
  window,
} from 'vscode';
import { type Forward, type Forwards, forwardKey } from './forwards.ts';

type State = 'listening' | 'reconnecting' | 'dead' | 'stopped';

const icons: Readonly<Record<State, readonly [icon: string, colour?: string]>> = {
  listening: ['plug'],
  reconnecting: ['loading~spin'],
  dead: ['error', 'list.errorForeground'],
  stopped: ['debug-disconnect', 'disabledForeground'],
};

/** The view *Port Forwards*: what is listened on here and where it leads. It is there once something was forwarded. */
export class ForwardsView implements TreeDataProvider<Forward>, Disposable {
  readonly #forwards: Forwards;
  readonly #changed = new EventEmitter<void>();
  readonly #tree: TreeView<Forward>;
  readonly #subscription: Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(forwards: Forwards) {
    this.#forwards = forwards;
    this.#tree = window.createTreeView('hybridClusters.forwards', { treeDataProvider: this });
    this.#subscription = forwards.onDidChange(() => this.#show());
    this.#show();
  }

  getChildren(forward?: Forward): Forward[] {
    return forward ? [] : [...this.#forwards.all()];
  }

  getTreeItem(forward: Forward): TreeItem {
    const { spec, running } = forward;
    const state = stateOf(forward);
    const words = {
      listening: l10n.t('listening'),
      reconnecting: l10n.t('reconnecting'),
      dead: l10n.t('dead'),
      stopped: l10n.t('stopped'),
    };
    const failure = running?.failure ?? forward.failure;
    const item = new TreeItem(`localhost:${spec.localPort}`);
    const [icon, colour] = icons[state];
    item.id = forwardKey(spec);
    item.description = [words[state], `${spec.ref.kind} ${spec.ref.name}:${spec.port}`, spec.context].join(' · ');
    const facts = [
      `${spec.ref.kind} ${[spec.ref.namespace, spec.ref.name].filter(Boolean).join('/')}:${spec.port}`,
      spec.context,
      running?.pod && l10n.t('pod {0}', running.pod),
      failure?.message,
    ];
    item.tooltip = facts.filter(Boolean).join('\n');
    item.iconPath = new ThemeIcon(icon, colour ? new ThemeColor(colour) : undefined);
    item.contextValue = running ? 'forward can:stopForward' : 'forward can:startForward';
    item.accessibilityInformation = { label: [item.label, item.description, failure?.message].filter(Boolean).join(', ') };
    return item;
  }

  #show(): void {
    const all = this.#forwards.all();
    void commands.executeCommand('setContext', 'hybridClusters.anyForward', all.length > 0);
    this.#changed.fire();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#tree.dispose();
    this.#changed.dispose();
  }
}

function stateOf({ running, failure }: Forward): State {
  return running?.state ?? (failure ? 'dead' : 'stopped');
}

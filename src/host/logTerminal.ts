import { type Disposable, EventEmitter, type Pseudoterminal, type Terminal, ThemeIcon, window } from 'vscode';

/** What a key, a command and an entry of the picker of a log do. */
export const logActions = {
  pause: { key: ' ', shown: 'Space', title: 'Pause or Go On' },
  filter: { key: 'f', shown: 'f', title: 'Filter…' },
  clear: { key: 'c', shown: 'c', title: 'Clear' },
  timestamps: { key: 't', shown: 't', title: 'Timestamps On or Off' },
  wrap: { key: 'w', shown: 'w', title: 'Wrap Long Lines or Cut Them' },
  containers: { key: 'k', shown: 'k', title: 'Containers…' },
  begin: { key: 'b', shown: 'b', title: 'Begin At…' },
  previous: { key: 'v', shown: 'v', title: 'Previous Log (before the last restart) or the Current One' },
  again: { key: 'r', shown: 'r', title: 'Read Again' },
  save: { key: 's', shown: 's', title: 'Save Log As…' },
  document: { key: 'd', shown: 'd', title: 'Open Log as Document' },
  actions: { key: '?', shown: '?', title: 'Log Actions…' },
  close: { key: 'q', shown: 'q', title: 'Close' },
} as const;
export type LogAction = keyof typeof logActions;

const keys: ReadonlyMap<string, LogAction> = new Map([
  ...Object.entries(logActions).map(([action, { key }]) => [key, action as LogAction] as const),
  ['/', 'filter'],
  ['h', 'actions'],
  ['\u0003', 'pause'],
]);

/** What a terminal of a log needs to be told. */
export interface LogTerminalParts {
  readonly name: string;
  act(action: LogAction): void;
  /** It is on the screen for the first time: what is written from now on is seen. */
  opened(): void;
  closed(): void;
}

/**
 * The surface of a log: a pseudoterminal. Against a virtual document it has colours (of the containers and the log's own), grows at the end without being sent whole
 * each time, and is bounded by `terminal.integrated.scrollback`; against a webview it has what terminals of VS Code have: find (Ctrl+F), copy, links, zoom, the
 * accessible view for screen readers, a place in panel, editor or window of its own. What it lacks, selection and folding over all that is kept, "Open Log as Document" has.
 * Keys are single letters, as in a pager; each is a command, too.
 */
export class LogTerminal implements Pseudoterminal, Disposable {
  readonly #written = new EventEmitter<string>();
  readonly #closed = new EventEmitter<void>();
  readonly #named = new EventEmitter<string>();
  readonly #parts: LogTerminalParts;
  readonly #terminal: Terminal;
  #isOpen = false;
  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#closed.event;
  readonly onDidChangeName = this.#named.event;

  constructor(parts: LogTerminalParts) {
    this.#parts = parts;
    this.#terminal = window.createTerminal({ name: parts.name, pty: this, iconPath: new ThemeIcon('output'), isTransient: true });
  }

  /** Whether it is the terminal in front. */
  get isActive(): boolean {
    return window.activeTerminal === this.#terminal;
  }

  show(): void {
    this.#terminal.show();
  }

  /** Before it is open nothing is written: all of it is drawn then. */
  write(text: string): void {
    if (this.#isOpen && text !== '') this.#written.fire(text);
  }

  rename(name: string): void {
    this.#named.fire(name);
  }

  open(): void {
    this.#isOpen = true;
    this.#parts.opened();
  }

  handleInput(typed: string): void {
    const action = keys.get(typed.length === 1 ? typed.toLowerCase() : typed);
    if (action) this.#parts.act(action);
  }

  close(): void {
    this.#isOpen = false;
    this.#parts.closed();
  }

  dispose(): void {
    this.#closed.fire();
    this.#terminal.dispose();
    this.#written.dispose();
    this.#closed.dispose();
    this.#named.dispose();
  }
}

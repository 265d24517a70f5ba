import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { CancellationTokenSource, type QuickPickItem, type QuickPickOptions, Uri, window } from 'vscode';
import { type LiveAnswer, type LiveQuestion, pickLive } from './livePicker.ts';

/** One row of a picker and the value it stands for. */
export interface Choice<T> extends QuickPickItem {
  readonly value: T;
}

export interface Question {
  readonly message: string;
  readonly detail?: string;
  /** The button that says yes, named by what it does: "Deploy". */
  readonly yes: string;
}

/**
 * Every question to the user goes through here. Modal dialogs are refused in test runs, so a test puts its own object in this one's place
 * (`Object.assign(prompts, { confirm: async () => true })`).
 */
export interface Prompts {
  /** A notification with buttons, not modal; the title of the button pressed, or undefined. */
  offer(message: string, buttons: readonly string[], severity?: 'information' | 'warning' | 'error'): Promise<string | undefined>;
  /** Modal; true only for the yes button. */
  confirm(question: Question): Promise<boolean>;
  /** Modal; the title of the button pressed, or undefined. The first one is the likeliest. */
  decide(question: Omit<Question, 'yes'>, buttons: readonly string[]): Promise<string | undefined>;
  /** One line of text; `check` says what is wrong with it. */
  text(title: string, value: string, check: (text: string) => string | undefined): Promise<string | undefined>;
  /** Asks to type the word exactly; true if typed. */
  confirmByTyping(question: Question & { readonly word: string }): Promise<boolean>;
  /** One of the choices, or undefined when dismissed. Choices may still be on their way. */
  pick<T>(choices: readonly Choice<T>[] | Promise<readonly Choice<T>[]>, options?: QuickPickOptions): Promise<T | undefined>;
  /** Any number of the choices. */
  pickMany<T>(
    choices: readonly Choice<T>[] | Promise<readonly Choice<T>[]>,
    options?: QuickPickOptions,
  ): Promise<readonly T[] | undefined>;
  /** One of what is being looked for: the picker fills as `look` adds to it, and shows the sentence that it ends with. Once something is chosen, or it is dismissed, the signal ends the look. */
  pickFound<T>(
    title: string,
    look: (add: (choice: Choice<T>) => void, signal: AbortSignal) => Promise<string>,
  ): Promise<T | undefined>;
  /** One of the rows of a list that answers to what is typed. */
  pickLive<T>(question: LiveQuestion<T>): Promise<LiveAnswer<T> | undefined>;
  /** One line that is not shown while it is typed; closed when `over` fires. */
  password(title: string, prompt: string, over?: AbortSignal): Promise<string | undefined>;
  /** The path of one file of this machine. */
  file(title: string): Promise<string | undefined>;
  /** The paths of files, or of folders, of this machine: `yes` is the button, one only where `one` says so. */
  paths(title: string, what: 'files' | 'folders', yes: string, one?: 'one'): Promise<readonly string[]>;
  /** The path of a file to be written, at first below the home directory; the dialog asks before it names one that is there. */
  saveAs(title: string, name: string): Promise<string | undefined>;
}

const notify = {
  information: (message: string, ...buttons: string[]) => window.showInformationMessage(message, ...buttons),
  warning: (message: string, ...buttons: string[]) => window.showWarningMessage(message, ...buttons),
  error: (message: string, ...buttons: string[]) => window.showErrorMessage(message, ...buttons),
} as const;

/** The questions as VS Code asks them. */
export function createPrompts(): Prompts {
  return {
    offer: async (message, buttons, severity = 'information') => notify[severity](message, ...buttons),
    confirm: async ({ message, detail, yes }) =>
      (await window.showWarningMessage(message, { modal: true, ...(detail ? { detail } : {}) }, yes)) === yes,
    decide: async ({ message, detail }, buttons) =>
      window.showWarningMessage(message, { modal: true, ...(detail ? { detail } : {}) }, ...buttons),
    text: async (title, value, check) => window.showInputBox({ title, value, ignoreFocusOut: true, validateInput: check }),
    confirmByTyping: async ({ message, detail, word, yes }) =>
      (await window.showInputBox({
        title: `${yes}: ${message}`,
        ...(detail ? { prompt: detail } : {}),
        placeHolder: word,
        ignoreFocusOut: true,
        validateInput: (text) => (text === word || text === '' ? undefined : word),
      })) === word,
    pick: async (choices, options) => (await window.showQuickPick(choices, { matchOnDescription: true, ...options }))?.value,
    pickMany: async (choices, options) =>
      (await window.showQuickPick(choices, { matchOnDescription: true, ...options, canPickMany: true }))?.map(
        ({ value }) => value,
      ),
    pickFound,
    pickLive,
    password: async (title, prompt, over) => {
      const closing = new CancellationTokenSource();
      over?.addEventListener('abort', () => closing.cancel(), { once: true });
      return window.showInputBox({ title, prompt, password: true, ignoreFocusOut: true }, closing.token);
    },
    file: async (title) => (await window.showOpenDialog({ title, canSelectMany: false }))?.[0]?.fsPath,
    paths: async (title, what, openLabel, one) => {
      const choosing = {
        canSelectFiles: what === 'files',
        canSelectFolders: what === 'folders',
        canSelectMany: one === undefined,
      };
      return ((await window.showOpenDialog({ title, openLabel, ...choosing })) ?? []).map(({ fsPath }) => fsPath);
    },
    saveAs: async (title, name) =>
      (await window.showSaveDialog({ title, defaultUri: Uri.file(join(homedir(), basename(name))) }))?.fsPath,
  };
}

function pickFound<T>(
  title: string,
  look: (add: (choice: Choice<T>) => void, signal: AbortSignal) => Promise<string>,
): Promise<T | undefined> {
  const picker = window.createQuickPick<Choice<T>>();
  const ending = new AbortController();
  Object.assign(picker, { title, busy: true, matchOnDescription: true, matchOnDetail: true, keepScrollPosition: true });
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      const [chosen] = picker.selectedItems;
      if (!chosen) return;
      resolve(chosen.value);
      picker.hide();
    });
    picker.onDidHide(() => {
      ending.abort();
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
    const add = (choice: Choice<T>) => {
      const active = picker.activeItems;
      picker.items = [...picker.items, choice];
      // Who went down the list already stays where they are.
      if (active.length > 0) picker.activeItems = active;
    };
    void look(add, ending.signal).then((sentence) => {
      if (!ending.signal.aborted) Object.assign(picker, { busy: false, placeholder: sentence });
    });
  });
}

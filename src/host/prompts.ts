import { type QuickPickItem, type QuickPickOptions, window } from 'vscode';

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
  /** Asks to type the word exactly; true if typed. */
  confirmByTyping(question: Question & { readonly word: string }): Promise<boolean>;
  /** One of the choices, or undefined when dismissed. Choices may still be on their way. */
  pick<T>(choices: readonly Choice<T>[] | Promise<readonly Choice<T>[]>, options?: QuickPickOptions): Promise<T | undefined>;
  /** Any number of the choices. */
  pickMany<T>(
    choices: readonly Choice<T>[] | Promise<readonly Choice<T>[]>,
    options?: QuickPickOptions,
  ): Promise<readonly T[] | undefined>;
  password(title: string, prompt: string): Promise<string | undefined>;
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
    password: async (title, prompt) => window.showInputBox({ title, prompt, password: true, ignoreFocusOut: true }),
  };
}

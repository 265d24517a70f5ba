import { type QuickInputButton, QuickPickItemKind, ThemeIcon, window } from 'vscode';
import type { Event } from '../base/event.ts';

/** A row of a picker that answers as one types; one that neither has a value nor types anything heads those below it. */
export interface LiveRow<T> {
  readonly label: string;
  readonly description?: string;
  readonly value?: T;
  /** Instead of a value: what it types when it is chosen. */
  readonly types?: string;
  /** Icon and title of a button at its end. */
  readonly button?: { readonly icon: string; readonly title: string };
}

/** What the picker shows now. */
export interface LiveList<T> {
  readonly title: string;
  readonly busy: boolean;
  readonly rows: readonly LiveRow<T>[];
}

export interface LiveQuestion<T> {
  readonly placeholder: string;
  /** What is typed already. */
  readonly text: string;
  /** What stands there for a text; asked whenever that or `onDidChange` changes. */
  list(text: string): LiveList<T>;
  readonly onDidChange: Event<void>;
  /** Buttons of the picker as a whole, asked with each list. */
  buttons?(): readonly { readonly icon: string; readonly title: string; press(): void }[];
}

/** What was chosen, what was typed, and whether by the row's button. */
export interface LiveAnswer<T> {
  readonly value: T;
  readonly text: string;
  readonly pressed: boolean;
}

type Item<T> = { readonly row: LiveRow<T>; readonly kind: QuickPickItemKind; readonly label: string };

/** So often at most the list is made anew while more is found. */
const shownEveryMs = 250;

/** A picker whose rows are what `list` answers to the text: it filters nothing itself. Undefined when it is dismissed. */
export function pickLive<T>(question: LiveQuestion<T>): Promise<LiveAnswer<T> | undefined> {
  const picker = window.createQuickPick<Item<T>>();
  const { placeholder, text } = question;
  // The order is ours: VS Code would sort by label once something is typed, and leave out the headings.
  Object.assign(picker, { placeholder, value: text, keepScrollPosition: true, sortByLabel: false });
  let timer: NodeJS.Timeout | undefined;
  const show = () => {
    clearTimeout(timer);
    timer = undefined;
    const { title, busy, rows } = question.list(picker.value);
    const [first] = picker.items.filter(isChoice);
    const [active] = picker.activeItems;
    picker.title = title;
    picker.busy = busy;
    picker.items = rows.map(itemOf);
    const buttons = question.buttons?.() ?? [];
    const same = buttons.every(({ title: one }, index) => picker.buttons[index]?.tooltip === one);
    if (!same || buttons.length !== picker.buttons.length) picker.buttons = buttons.map(buttonOf);
    // Who went down the list already stays where they are.
    const again = active && active !== first && picker.items.find((item) => sameRow(item, active));
    if (again) picker.activeItems = [again];
  };
  const subscription = question.onDidChange(() => {
    timer ??= setTimeout(show, shownEveryMs);
  });
  return new Promise((resolve) => {
    const answer = (row: LiveRow<T> | undefined, pressed: boolean) => {
      if (row?.types !== undefined) {
        picker.value = row.types;
        show();
      }
      if (row?.value === undefined) return;
      resolve({ value: row.value, text: picker.value, pressed });
      picker.hide();
    };
    picker.onDidChangeValue(show);
    picker.onDidTriggerButton((button) =>
      question
        .buttons?.()
        .find(({ title }) => title === button.tooltip)
        ?.press(),
    );
    picker.onDidTriggerItemButton(({ item }) => answer(item.row, true));
    picker.onDidAccept(() => answer(picker.selectedItems[0]?.row, false));
    picker.onDidHide(() => {
      clearTimeout(timer);
      subscription.dispose();
      resolve(undefined);
      picker.dispose();
    });
    show();
    picker.show();
  });
}

function itemOf<T>(row: LiveRow<T>) {
  const { label, description = '', value, types, button } = row;
  if (value === undefined && types === undefined) return { row, label, kind: QuickPickItemKind.Separator };
  return {
    row,
    kind: QuickPickItemKind.Default,
    label,
    description,
    alwaysShow: true,
    buttons: button ? [buttonOf(button)] : [],
  };
}

function buttonOf({ icon, title }: { readonly icon: string; readonly title: string }): QuickInputButton {
  return { iconPath: new ThemeIcon(icon), tooltip: title };
}

const isChoice = <T>({ kind }: Item<T>) => kind === QuickPickItemKind.Default;

function sameRow<T>(one: Item<T>, other: Item<T>): boolean {
  return isChoice(one) && one.row.label === other.row.label && one.row.description === other.row.description;
}

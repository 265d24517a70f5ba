/**
 * Whether a command was chosen on a row that is not known any more: VS Code hands a menu's row over with what is selected, and nothing in its place while the list that holds it is
 * read anew (vscode, src/vs/workbench/api/common/extHostTreeViews.ts). What is selected is another row then, and not the one that was meant.
 */
export function isRowLost(handedOver: readonly unknown[]): boolean {
  return handedOver.length > 1 && handedOver[0] === undefined;
}

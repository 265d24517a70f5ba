import { plainText } from './plainText.ts';

/** Rows as lines with their cells one below the other, the last one of a row as long as it is. Whatever steers a terminal or breaks a line is taken out. */
export function alignedRows(rows: readonly (readonly unknown[])[]): readonly string[] {
  const texts = rows.map((row) => row.map((cell) => plainText(String(cell ?? ''), 300)));
  const widths = (texts[0] ?? []).map((_, at) => Math.min(60, Math.max(...texts.map((row) => row[at]?.length ?? 0))));
  return texts.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

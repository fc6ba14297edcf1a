import { styled, widthOf, type Styled, type Text } from './text.ts';

type Cell = string | Styled;

const GAP = '  ';

/** Lines of a table whose columns are as wide as their widest cell. */
export function table(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
): readonly Text[] {
  const all: readonly (readonly Cell[])[] = [header.map((title) => styled('bold', title)), ...rows];
  const widths = header.map((_, column) =>
    Math.max(...all.map((row) => widthOf(row[column] ?? ''))),
  );
  return all.map((row) =>
    row.flatMap((cell, column) => {
      const isLast = column === row.length - 1;
      const padding = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
      return isLast ? [cell] : [cell, padding + GAP];
    }),
  );
}

import { summarize } from './statistics.ts';

type Unit = 'ms' | 'MB' | 'requests/s';

/** One line of the table: what was measured, beside what, and how good it has to be. */
export interface Row {
  readonly what: string;
  readonly unit: Unit;
  readonly measured: readonly number[];
  readonly baseline?: { readonly what: string; readonly measured: readonly number[] };
  /** Absent: for information. */
  readonly target?: Target;
}

/** A bound on the ratio to the baseline or, where there is none or it says so, on the median itself. */
type Target = ({ readonly atMost: number } | { readonly atLeast: number }) & {
  readonly on?: 'median';
};

type Verdict = 'reached' | 'missed' | 'no target';

const HEADER = ['What', 'Measured', 'Baseline', 'Ratio', 'Target', 'Verdict'];

/** The rows as a Markdown table, which is readable on a terminal too. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [HEADER, ...rows.map(cellsOf)];
  const widths = HEADER.map((_, column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  const text = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [HEADER, rule, ...lines.slice(1)].map(text).join('\n');
}

export function verdictOn(row: Row): Verdict {
  const { target } = row;
  if (target === undefined) return 'no target';
  const { median } = summarize(row.measured);
  const value = target.on === 'median' ? median : (ratioOf(row) ?? median);
  const isReached = 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
  return isReached ? 'reached' : 'missed';
}

function ratioOf({ measured, baseline }: Row): number | undefined {
  return baseline && summarize(measured).median / summarize(baseline.measured).median;
}

function cellsOf(row: Row): string[] {
  const { what, unit, measured, baseline, target } = row;
  return [
    what,
    figureText(measured, unit),
    baseline === undefined ? '–' : `${figureText(baseline.measured, unit)}: ${baseline.what}`,
    ratioText(ratioOf(row)),
    target === undefined ? '–' : targetText(target, isOnMedian(row) ? ` ${unit}` : ''),
    verdictOn(row),
  ];
}

const isOnMedian = ({ baseline, target }: Row): boolean =>
  baseline === undefined || target?.on === 'median';

function ratioText(ratio: number | undefined): string {
  if (ratio === undefined) return '–';
  return ratio < 0.1 ? ratio.toPrecision(2) : ratio.toFixed(2);
}

function targetText(target: Target, unit: string): string {
  return 'atMost' in target ? `≤ ${target.atMost}${unit}` : `≥ ${target.atLeast}${unit}`;
}

function figureText(samples: readonly number[], unit: Unit): string {
  const { median, min, max } = summarize(samples);
  const digits = median < 100 ? 1 : 0;
  const format = new Intl.NumberFormat('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const [middle, low, high] = [median, min, max].map((value) => format.format(value));
  return `${middle} ${unit} (${low}–${high})`;
}

import type { Static } from 'typebox';
import { Form } from './form.ts';

const BYTE_UNITS: Record<string, number> = {
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};
const SECOND_UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A size as people write it, binary units: `512m`, `8g`. */
export const ByteSize = Form(
  '^[1-9][0-9]{0,11}[bkmgt]$',
  'a size with a binary unit, such as 512m or 8g (units: b, k, m, g, t)',
);
export type ByteSize = Static<typeof ByteSize>;

/** A length of time as people write it: `30s`, `12h`. */
export const Duration = Form(
  '^[1-9][0-9]{0,8}[smhd]$',
  'a length of time, such as 30s, 15m, 12h or 7d',
);
export type Duration = Static<typeof Duration>;

/** Bytes in a `ByteSize`. The text must have passed the schema. */
export function parseBytes(text: ByteSize): number {
  return amountIn(text, BYTE_UNITS);
}

/** Milliseconds in a `Duration`. The text must have passed the schema. */
export function parseDuration(text: Duration): number {
  return amountIn(text, SECOND_UNITS) * 1000;
}

function amountIn(text: string, units: Record<string, number>): number {
  const factor = units[text.slice(-1)];
  if (factor === undefined) throw new RangeError(`No unit in ${JSON.stringify(text)}`);
  return Number(text.slice(0, -1)) * factor;
}

/** Bytes for a person, in the unit that gives the shortest exact-enough text: `1.5g`, `512m`. */
export function formatBytes(bytes: number): string {
  for (const unit of ['t', 'g', 'm', 'k']) {
    const factor = BYTE_UNITS[unit] ?? 1;
    if (bytes >= factor) return `${Number((bytes / factor).toFixed(1))}${unit}`;
  }
  return `${bytes}b`;
}

import { Type, type Static } from 'typebox';

const BYTE_UNITS: Record<string, number> = {
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};
const SECOND_UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A size as people write it, binary units: `512m`, `8g`. */
export const ByteSize = Type.String({
  pattern: '^[1-9][0-9]{0,11}[bkmgt]$',
  description: 'A size with a binary unit: 512m, 8g. Units: b, k, m, g, t.',
});
export type ByteSize = Static<typeof ByteSize>;

/** A length of time as people write it: `30s`, `12h`. */
export const Duration = Type.String({
  pattern: '^[1-9][0-9]{0,8}[smhd]$',
  description: 'A length of time: 30s, 15m, 12h, 7d.',
});
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

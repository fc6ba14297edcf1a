const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** How long ago a moment was, in its largest unit: `3 min ago`. */
export function age(then: string, now: Date): string {
  const seconds = Math.floor((now.getTime() - Date.parse(then)) / 1000);
  for (const [unit, length] of UNITS) {
    if (seconds >= length) return `${Math.floor(seconds / length)} ${unit} ago`;
  }
  // The server's clock may be a little ahead of ours.
  return seconds < 5 ? 'just now' : `${seconds} s ago`;
}

/** A length of time for people: `350 ms`, `1.2 s`, `2 min 5 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

import type { Labels } from './port.ts';

/** Whether these are all among the labels. */
export function carries(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

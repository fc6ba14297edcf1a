import type { Labels } from '../port.ts';

/** Null where something was made without any. */
export function labelsOf({ Labels }: { readonly Labels?: Labels | null | undefined }): Labels {
  return Labels ?? {};
}

export function labelFilter(labels: Labels): Record<string, string[]> {
  return { label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) };
}

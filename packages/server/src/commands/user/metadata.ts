import { Problem } from '@berth/contract';

/** `KEY=VALUE` words as a patch; nothing behind the `=` takes the key away. */
export function metadataFrom(words: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(
    words.map((word) => {
      const [, key, value] = /^([^=]+)=([^]*)$/.exec(word) ?? [];
      if (key !== undefined) return [key, value === undefined || value === '' ? null : value];
      throw new Problem('usage', `--metadata takes KEY=VALUE, not ${JSON.stringify(word)}.`);
    }),
  );
}

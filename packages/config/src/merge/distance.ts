/** How far two texts are apart that differ in nothing but their blanks and blank lines. */
export const LAYOUT = 1;
/** How far a word takes them apart that only one of them has. */
const WORD = 2;

/** How far two texts are apart; 0 for equal texts only. */
export function distanceOf(one: string, other: string): number {
  if (one === other) return 0;
  const counts = new Map<string, number>();
  for (const word of wordsOf(one)) counts.set(word, (counts.get(word) ?? 0) + 1);
  for (const word of wordsOf(other)) counts.set(word, (counts.get(word) ?? 0) - 1);
  const words = [...counts.values()].reduce((sum, count) => sum + Math.abs(count), 0);
  return Math.max(LAYOUT, words * WORD);
}

/**
 * Each with the key and the UUID it stands below: what is said of one client and the same said of
 * another are not the same.
 */
function wordsOf(text: string): readonly string[] {
  let id = '';
  let key = '';
  return (text.match(/\S+/g) ?? []).map((word) => {
    const name = /^[{["']*([\w-]+)["']?:$/.exec(word)?.[1];
    if (name === undefined) return `${id} ${key} ${word}`;
    if (ID.test(name)) id = name;
    key = name;
    return `${id} ${word}`;
  });
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A comment behind the last entry is a part of whichever that is. */
export const isSameButComments = (one: string, other: string): boolean =>
  distanceOf(withoutComments(one), withoutComments(other)) <= LAYOUT;

const withoutComments = (text: string): string => text.replace(/(^|\s)#.*$/gm, '$1');

/** Whether any line that is new in `after` is in `text` too. */
export function hasNewLine(text: string, before: string, after: string): boolean {
  const lines = linesOf(text);
  const old = linesOf(before);
  return [...linesOf(after)].some((line) => !old.has(line) && lines.has(line));
}

const linesOf = (text: string): ReadonlySet<string> => new Set(text.split('\n'));

import { distance } from 'fastest-levenshtein';

/** The candidate that a typo most likely meant, or undefined when none is near. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const near = [...candidates]
    .map((candidate) => ({ candidate, edits: distance(word, candidate) }))
    .filter(({ edits }) => edits <= Math.max(1, Math.floor(word.length / 3)))
    .toSorted((a, b) => a.edits - b.edits);
  return near[0]?.candidate;
}

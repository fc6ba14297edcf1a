import { Type, type TString, type TStringOptions } from 'typebox';

/**
 * A text that a pattern describes. `words` completes the sentence "must be …": in our error messages
 * and, because editors know `patternErrorMessage`, in theirs.
 */
export function Form(pattern: string, words: string, options: TStringOptions = {}): TString {
  return Type.String({
    pattern,
    patternErrorMessage: `must be ${words}`,
    description: `${words.charAt(0).toUpperCase()}${words.slice(1)}.`,
    ...options,
  });
}

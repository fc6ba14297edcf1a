import type { BrowseOptions } from '@berth/config';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { wholeNumber, type CommonOptions } from '../options.ts';

export interface RevealOptions extends CommonOptions {
  readonly reveal?: boolean;
}

export const revealOption = (): Option =>
  new Option('--reveal', 'show hashes, tokens and passwords too');

/** Commander turns what is thrown into its own message, and exit code 2. */
export const parseNumber = (text: string): number =>
  positive(text, 'It must be a number that `berthd history` shows.');

export const parseLimit = (text: string): number =>
  positive(text, 'It must be a whole number, 1 or more.');

function positive(text: string, otherwise: string): number {
  const number = wholeNumber(text) ?? 0;
  if (number > 0) return number;
  throw new InvalidArgumentError(otherwise);
}

/** What a change left, or what the files say now. */
export type Version = number | 'now';

export const parseVersion = (text: string): Version => (text === 'now' ? text : parseNumber(text));

export function browseOptions(options: RevealOptions): BrowseOptions {
  return { directory: resolve(options.config), isRevealing: options.reveal === true };
}

export const keptText = (file: string, path: string): string =>
  `A text of ${file} gave way and was kept: ${path}`;

export const UNRECORDED =
  'What was changed is in force, but the history could not be written. The next change tries again.';

import { DEFAULT_DIRECTORY, DIRECTORY_VARIABLE } from '@berth/config';
import { Name, Right } from '@berth/contract';
import { InvalidArgumentError, Option } from 'commander';
import { Check } from 'typebox/value';

/** The option that names the configuration folder, the same for every command. */
export const configOption = (): Option =>
  new Option('--config <dir>', 'configuration folder')
    .env(DIRECTORY_VARIABLE)
    .default(DEFAULT_DIRECTORY);

export const jsonOption = (): Option => new Option('--json', 'machine-readable output');

export const yesOption = (): Option => new Option('-y, --yes', 'do not ask');

export const forceOption = (about: string): Option => new Option('--force', about);

/** The options that every command of the configuration has. */
export interface CommonOptions {
  readonly config: string;
  readonly json?: boolean;
}

/** A name for something new. Commander turns what is thrown into its own message, and exit code 2. */
export function parseName(text: string): string {
  if (Check(Name, text)) return text;
  throw new InvalidArgumentError(
    'It must be lower-case letters, digits and hyphens, starting with a letter; at most 32.',
  );
}

/** `a,b,c`; an empty text is an empty list, and what is named twice is in it once. */
export function parseList(text: string): string[] {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return [...new Set(items)];
}

/** Decimal digits and nothing else: `Number` takes 1e1, 0x1, 1.0 and an empty text for one too. */
export function wholeNumber(text: string): number | undefined {
  return /^[0-9]+$/.test(text) ? Number(text) : undefined;
}

export function parseRights(text: string): Right[] {
  return parseList(text).map((item) => {
    if (Check(Right, item)) return item;
    throw new InvalidArgumentError('The rights are: admin, monitor.');
  });
}

/** Gathers an option that may be given several times. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** How a command speaks to the person or the program that ran it. */
export interface Output {
  /** A line of the result, on standard output. */
  line(text: string): void;
  /** The whole result for a program: the one document that standard output has then. */
  json(document: object): void;
  /** What the person should know besides, on standard error. */
  warn(text: string): void;
  /** The same where what was asked for has not come about in full: the command counts as failed. */
  fault(text: string): void;
}

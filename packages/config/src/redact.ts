import {
  ClientFile,
  closest,
  ContainersFile,
  MainFile,
  UserFile,
  UsersFile,
} from '@berth/contract';

/** What stands behind such a word is secret also where it looks like any other word. */
const SECRET = new RegExp(
  [
    'hash|secret|pass|token|pwd|credential|cookie',
    'geheim|kennwort|zugangsdaten|schlüssel|schluessel',
    '(?<![a-z])pw|pw(?![a-z])',
    'api ?key|[a-z0-9][-_]keys?(?![a-z])|\\b(?:key|pin|otp|totp|auth|authorization|dsn|salt)s?["\']?\\s*:',
    // The password of an address, as in postgres://user:password@host.
    '://.{0,500}@|\\w:[^\\s@/]{1,500}@|[?&](?:key|sig|auth)=',
    '\\$pbkdf2|\\$2[aby]\\$|sha256:',
  ].join('|'),
  'i',
);
const SPELLINGS = ['password', 'passphrase', 'token', 'secret', 'credential', 'kennwort'];

/** It tells which image is meant, and opens nothing. */
const IMAGE_DIGEST =
  /(?<=[A-Za-z\d])(?::[\w.-]{1,128})?@sha256:[\da-f]{64}(?!\w)|(?<=\bimage["']?\s*:\s*["']?)sha256:[\da-f]{64}(?![\w/])/g;

/** The value of a key of the long form (`? key`), which stands on a line above, as deep as it. */
const LONG_VALUE = /^\s*(?:- +)*:(?:\s|$)/;

const ITEM = /^\s*- /;
/** A word of a list, as of a command: behind `--password` it can be the password. */
const WORD = /^\s*- +(?![{[])(?!.*:(?:\s|$))/;

/** How far up the line is looked for that names a value of several lines. */
const MOST_LINES = 100;

/**
 * Whether a line could show a secret: one that names it, however spelt, or one below such a line,
 * where a value of several lines goes on. `start` is where the line begins.
 */
export function isSecretLine(text: string, start: number): boolean {
  const line = lineAt(text, start);
  if (namesSecret(line) || LONG_VALUE.test(line)) return true;
  let below = line;
  let indent = line.search(/\S|$/);
  let above = start;
  for (let count = 0; count < MOST_LINES && above > 0; count += 1) {
    above = lineStart(text, above - 1);
    const content = lineAt(text, above);
    const own = content.search(/\S/);
    if (own === -1 || own > indent || (own === indent && !leadsOn(content, below))) continue;
    if (namesSecret(content) || LONG_VALUE.test(content)) return true;
    below = content;
    indent = own;
  }
  return false;
}

/** Whether a line belongs to one above it that is as deep: an item to its key or to another word. */
const leadsOn = (above: string, line: string): boolean =>
  ITEM.test(above) ? WORD.test(above) && WORD.test(line) : ITEM.test(line);

/** Whether a text names a secret, however spelt, or looks like the beginning of one. */
export function namesSecret(line: string): boolean {
  if (SECRET.test(line.replace(IMAGE_DIGEST, ''))) return true;
  const words = line.slice(0, 1000).match(/[A-Za-z]{4,}/g) ?? [];
  return words.some((word) => closest(word.toLowerCase(), SPELLINGS) !== undefined);
}

/** Text that could be a piece of a hash or a token. With fewer characters nobody can do anything. */
const LONG = /[\w$+/=.-]{8,}/g;

const RUN = new RegExp(`${IMAGE_DIGEST.source}|${LONG.source}`, 'g');

/** Replaces such text by what `covered` makes of it. */
const replaceRuns = (text: string, covered: (run: string) => string): string =>
  text.replace(RUN, (run) => (run.includes('sha256:') ? run : covered(run)));

/** Hashes and tokens that are whole: only what is left of a broken one can look like a word. */
const WHOLE =
  /\$pbkdf2-sha256\$i=\d+,l=\d+\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}|\$2[aby]\$\d\d\$[A-Za-z0-9./]{53}|sha256:[0-9a-f]{64}|(?<![\w-])[\w-]{43}(?![\w-])/g;

/** What stands before the host in an address. */
const CREDENTIALS = /(?<=:\/\/)[^\s"']+(?=@)/g;

/**
 * UUIDs: they name users and clients, and prove nothing. One by itself can have a mistake, as no hash is
 * so short.
 */
const UUID =
  /(?<![a-z\d])[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?![a-z\d])|(?<![\w-])(?=[\w-]{30,40}(?![\w-]))[0-9a-f]+(?:-[0-9a-f]+){4}(?![\w-])/gi;

/** How far around a place the pieces of one value are looked for. */
const MOST_AROUND = 2000;

/**
 * Covers, in what is told of a place in a file, everything that could be a piece of a hash or a
 * token. Where the lines around hold something that looks like one, plain words of theirs can be
 * pieces of it too, unless they are like keys of ours.
 */
export function createRedaction(
  text: string,
  offset: number,
): (told: string, cover: (run: string) => string) => string {
  const around = surroundings(text, offset).replace(WHOLE, '').replace(UUID, '');
  const isSuspect = (around.match(LONG) ?? []).some((run) => !isPlain(run));
  const isShown = (run: string): boolean =>
    run === '' || (isPlain(run) && (!isSuspect || !around.includes(run) || isKnown(run)));
  return (told, cover) =>
    replaceRuns(told.replace(CREDENTIALS, cover), (run) =>
      isShown(run.replace(UUID, '')) ? run : cover(run),
    );
}

/**
 * Covers tokens and passwords that are whole, which are too long and too random for anything else,
 * wherever they stand. Of the pieces of one, which `createRedaction` covers too, this knows nothing.
 */
export function coverTokens(text: string, covered: string): string {
  return replaceRuns(text, (run) => (isToken(run.replace(UUID, '')) ? covered : run));
}

/** The line with the one before it and the one after it. */
function surroundings(text: string, offset: number): string {
  const start = lineStart(text, offset);
  const first = start === 0 ? 0 : lineStart(text, start - 1);
  const next = start + lineAt(text, start).length + 1;
  const end = next + lineAt(text, next).length;
  return text.slice(Math.max(first, offset - MOST_AROUND), Math.min(end, offset + MOST_AROUND));
}

/** A word or a short number, as names, images, addresses and paths are made of. */
const PART =
  /^(?:[a-z0-9]{0,4}|\d{5}|[A-Z]+\d{0,3}|[A-Z]?[a-z]+\d{0,3}|(?:[A-Z][a-z]{2,})+\d{0,3})$/;
/** The day and the hour of a time. */
const PLAIN = /^\d{4}-\d\d-\d\dT\d\d$/;

const isPlain = (run: string): boolean => randomIn(run) === 0;

/** As many characters in no word and no number are random: a date, a version or a name has fewer. */
const LEAST_RANDOM = 16;

/** Tokens that can have fewer: of GitLab, whose hyphens part them, and of AWS, all capitals. */
const SHORT_TOKEN =
  /(?<![A-Za-z\d])(?:gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[\w-]{20}|A[KS]IA[A-Z2-7]{16})(?![A-Za-z\d])/;

const isToken = (run: string): boolean => randomIn(run) >= LEAST_RANDOM;

/** How many characters of a run are in no word and no number. */
function randomIn(run: string): number {
  if (SHORT_TOKEN.test(run)) return run.length;
  if (PLAIN.test(run)) return 0;
  const parts = run.split(/[-_./+=$]/).filter((part) => !PART.test(part));
  return parts.join('').length;
}

const KEYS = new Set([MainFile, UsersFile, ContainersFile, UserFile, ClientFile].flatMap(keysOf));
const isKnown = (run: string): boolean => closest(run, KEYS) !== undefined;

function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema ? Object.keys(schema.properties ?? {}) : [];
  return [...own, ...Object.values(schema).flatMap(keysOf)];
}

/** Where the line begins that the offset is in. */
export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** The line that begins there, without its end. */
export function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? undefined : end);
}

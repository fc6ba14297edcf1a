import { coverTokens, isSecretLine, namesSecret } from '../redact.ts';
import { isObject, type Json } from '../yaml/json.ts';

/** What stands in the place of a secret. */
export const HIDDEN = '(hidden)';

/** A key of a mapping in braces, and its value. */
const PAIR = /([\w.-]+["']?\s*:\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,{}[\]][^,{}[\]]*)/g;
const HIDDEN_PAIR = /[\w.-]+["']?\s*:\s*\(hidden\)/g;

/** `key: value`, also as an item of a list. */
const KEY = /^\s*(?:- +)*(?:"[^"]*"|'[^']*'|[^\s"'#:{[-][^:]*):\s+(?=\S)/;
const KEY_ALONE = /:\s*(?:#.*)?$/;
const BEFORE_VALUE = /^\s*(?:[-#] *)*/;

/**
 * The lines of a text, with everything hidden that could be a hash, a token or a password: what stands
 * behind a key that names one, the lines below it that go on with it, and what looks like a token.
 *
 * @param above the lines before, which can tell what the first ones belong to
 */
export function hideSecrets(above: string, text: string): string[] {
  const whole = above + text;
  let start = above.length;
  return linesOf(text).map((line) => {
    const isSecret = isSecretLine(whole, start);
    start += line.length + 1;
    return coverTokens(isSecret ? hidden(line) : line, HIDDEN);
  });
}

/**
 * What a key says, with everything hidden that `hideSecrets` hides in its lines.
 *
 * @param path the keys that lead to it, from the file's root
 */
export function hideSecretsIn(path: readonly string[], value: Json): Json {
  return path.some((key) => namesSecret(`${key}: `)) ? HIDDEN : hidingIn(path.at(-1) ?? '', value);
}

function hidingIn(key: string, value: Json): Json {
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        coverTokens(name, HIDDEN),
        hideSecretsIn([name], inner),
      ]),
    );
  }
  const isOfWords = !(Array.isArray(value) && value.some(isObject));
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (isOfWords && namesSecret(`${key}: ${text}`)) return HIDDEN;
  if (Array.isArray(value)) return value.map((item) => hidingIn(key, item));
  return typeof value === 'string' ? coverTokens(value, HIDDEN) : value;
}

/** The lines of a text, without their ends. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function hidden(line: string): string {
  // A key alone tells nothing: what it names is below.
  if (KEY_ALONE.test(line)) return line;
  const [before = ''] = KEY.exec(line) ?? BEFORE_VALUE.exec(line) ?? [];
  const value = line.slice(before.length);
  if (!value.startsWith('{') || namesSecret(before)) return `${before}${HIDDEN}`;
  const byPairs = value.replace(PAIR, (pair, key: string, inner: string) =>
    namesSecret(key) || namesSecret(inner) ? `${key}${HIDDEN}` : pair,
  );
  const isAll = byPairs !== value && !namesSecret(byPairs.replace(HIDDEN_PAIR, ''));
  return `${before}${isAll ? byPairs : HIDDEN}`;
}

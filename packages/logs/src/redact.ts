/** Keys whose values are nobody's business, whatever they hold. */
const SECRET_KEY = /pass(?:word|phrase)|secret|token|authorization|cookie|credential|recovery/i;

/** What is told of them is no secret itself. */
const HARMLESS_KEY = /_(?:id|name|count|at)$/;

/** Shapes of secrets of ours, wherever they stand: credentials, cookies, hashes of passwords and secrets. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[\w-]{20,}/gi, '$1.[redacted]'],
  [/(__Host-berth=)[\w-]+/g, '$1[redacted]'],
  [/\$(?:pbkdf2-sha256|2[aby]?)\$[^\s"'}]*/g, '[redacted]'],
  [/sha256:[0-9a-f]{64}/g, '[redacted]'],
];

/** What each of them has: most text has none, and is not looked at again. */
const HINT = /[0-9a-f]-[0-9a-f]{12}\.|__Host-berth=|\$(?:pbkdf2|2)|sha256:/i;

export const REDACTED = '[redacted]';

export const isSecretKey = (key: string): boolean =>
  SECRET_KEY.test(key) && !HARMLESS_KEY.test(key);

/** The text without what is a secret by its shape. */
export function withoutSecrets(text: string): string {
  if (!HINT.test(text)) return text;
  let clean = text;
  for (const [shape, instead] of SHAPES) clean = clean.replaceAll(shape, instead);
  return clean;
}

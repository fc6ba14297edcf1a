/** `__Host-`: a browser takes it from this host only, for every path, and over TLS or on loopback. */
const NAME = '__Host-berth';
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Strict';

/** 256 bits in base64url: what `newSecret` makes. */
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/**
 * What a request's `Cookie` header says of a login. Undefined where there is none, where it cannot be one
 * of ours, and where there are two: a browser never sends that.
 */
export function loginSecretOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const ours = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${NAME}=`));
  const [only = '', ...others] = ours;
  const secret = only.slice(NAME.length + 1);
  return others.length === 0 && SECRET.test(secret) ? secret : undefined;
}

/** A `Set-Cookie` header. The browser forgets it when it ends; the server does so earlier. */
export const loginCookie = (secret: string): string => `${NAME}=${secret}; ${ATTRIBUTES}`;

/** The one that takes it away. */
export const NO_LOGIN_COOKIE = `${NAME}=; Max-Age=0; ${ATTRIBUTES}`;

/**
 * On every answer. What is sent here is data for programs: no browser is to guess what it is, to run
 * anything in it, to show it in a frame, to tell others where it was found, or to keep it. A route that
 * sends a page says what that may do.
 *
 * There is no Strict-Transport-Security: it would hold for all ports of this host, and close those that
 * containers publish without TLS.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

import { Form } from './form.ts';
import type { Uuid } from './names.ts';

/** `sha256:` and the lower-case hex digest of a secret: all the server ever stores of it. */
export const SecretHash = Form(
  '^sha256:[0-9a-f]{64}$',
  'the SHA-256 of a client’s secret: sha256: and 64 hexadecimal digits',
);

/** What a client proves itself with. The UUID names it; the secret (256 bits, base64url) proves it. */
export interface Credential {
  readonly clientId: Uuid;
  readonly secret: string;
}

const BEARER =
  /^Bearer ([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})(?:\.([A-Za-z0-9_-]{43}))?$/;

/** The `Authorization` header of a credential. */
export function formatAuthorization({ clientId, secret }: Credential): string {
  return `Bearer ${clientId}.${secret}`;
}

/**
 * The credential in an `Authorization` header, or undefined where the header is malformed. A UUID by
 * itself is well formed: it names a client and proves nothing.
 */
export function parseAuthorization(header: string): Credential | undefined {
  const match = BEARER.exec(header);
  if (match?.[1] === undefined) return undefined;
  return { clientId: match[1], secret: match[2] ?? '' };
}

import { pbkdf2Sync } from 'node:crypto';

/** Whether a PHC string of PBKDF2-HMAC-SHA256 with 600,000 rounds is of this password; worked out anew. */
export function isHashOf(hash: string, password: string): boolean {
  const match = /^\$pbkdf2-sha256\$i=600000,l=32\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/.exec(
    hash,
  );
  const [, salt = '', key = ''] = match ?? [];
  const expected = pbkdf2Sync(password, Buffer.from(salt, 'base64'), 600_000, 32, 'sha256');
  return expected.toString('base64') === `${key}=`;
}

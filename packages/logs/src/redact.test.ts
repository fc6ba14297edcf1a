import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLog } from './log.ts';

function written(context: Record<string, unknown>): string {
  let text = '';
  const log = createLog({
    write: (entry) => {
      text += entry;
    },
    level: () => 'debug',
    now: () => new Date(0),
  });
  log.error('request_failed', context);
  return text;
}

const SECRET = fc.stringMatching(/^[\w-]{43}$/);

test.each(['password', 'new_password', 'secret', 'token', 'csrf_token', 'Authorization', 'cookie'])(
  'what stands under %s is not written, however deep',
  (key) => {
    fc.assert(
      fc.property(SECRET, (secret) => {
        const text = written({ [key]: secret, request: [{ headers: { [key]: { a: secret } } }] });
        expect(text).not.toContain(secret);
        expect(text).toContain('[redacted]');
      }),
    );
  },
);

test('a secret is not written wherever it stands, as a credential, a cookie or a hash', () => {
  const around = fc.string({ maxLength: 30 });
  const uuid = fc.uuid({ version: 4 });
  fc.assert(
    fc.property(SECRET, uuid, around, around, (secret, id, before, after) => {
      for (const shape of [
        `${id}.${secret}`,
        `__Host-berth=${secret}`,
        `$pbkdf2-sha256$i=600000,l=32$AAECAw$${secret}`,
        `$2b$10$${secret}`,
      ]) {
        const text = `${before} ${shape} ${after}`;
        const error = new Error(text, { cause: new Error(text) });
        expect(written({ path: text, error, list: [text], [text]: 1 })).not.toContain(secret);
      }
    }),
  );
});

test('what only sounds like a secret is told', () => {
  expect(written({ code: 'conflict', token_id: 'x', username: 'alice' })).toMatch(
    /code: conflict\ntoken_id: x\nusername: alice\n/,
  );
});

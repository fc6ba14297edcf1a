import { expect, test } from 'vitest';
import { isHashOf } from '../testing/passwords.ts';
import { createPasswords } from './passwords.ts';
import type { Derive } from './pbkdf2.ts';

// Made by Python’s hashlib, and the last by libxcrypt.
const OURS = hashOf(600_000, 'AAECAwQFBgcICQoLDA0ODw$lqWQTC4IyNpCMF28xdfPGOrSY21J9ZUmtgbyZpYoFHM');
const FEWER = hashOf(100_000, 'AAECAwQFBgcICQoLDA0ODw$V/LC8HOXSNUWQZsGKohGZjI8WD6krhZVBKgfe1PGKgk');
const MORE = hashOf(700_000, 'AAECAwQFBgcICQoLDA0ODw$tSpLAh97Dssf7kv448pEv+Sg9oSHrPaqOZ7DJgEOk2M');
const SHORT_SALT = hashOf(600_000, 'AAECAwQFBgc$9nV45KALGzJ8Oim4ijvT9dryc5RXdKV8gxWJ5JfYbS8');
const BCRYPT = '$2b$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu';

function hashOf(rounds: number, saltAndKey: string): string {
  return `$pbkdf2-sha256$i=${rounds},l=32$${saltAndKey}`;
}

test('a hash is of its password and of no other', async () => {
  const hash = await createPasswords().hash('correct horse');
  expect(isHashOf(hash, 'correct horse')).toBe(true);
  expect(isHashOf(hash, 'correct horse ')).toBe(false);
});

test('the same password has another hash each time, and each is taken', async () => {
  const { hash, verify } = createPasswords();
  const [one, two] = await Promise.all([hash('a'), hash('a')]);
  expect(one).not.toBe(two);
  expect(await Promise.all([verify('a', one), verify('a', two)])).toEqual([
    { ok: true },
    { ok: true },
  ]);
});

test('takes the same characters in another composition for the same password', async () => {
  const { hash, verify } = createPasswords();
  const made = await hash('cafe\u0301');
  expect(isHashOf(made, 'caf\u00e9')).toBe(true);
  expect(await verify('caf\u00e9', made)).toEqual({ ok: true });
});

test.each([
  ['our own', OURS],
  ['a stronger one', MORE],
])('%s is taken and stays', async (_, hash) => {
  const { verify } = createPasswords();
  expect(await verify('correct horse', hash)).toEqual({ ok: true });
  expect(await verify('correct horse ', hash)).toEqual({ ok: false, reason: 'wrong' });
});

test.each([
  ['fewer rounds', FEWER],
  ['a shorter salt', SHORT_SALT],
  ['bcrypt', BCRYPT],
])('%s is taken, and replaced by what we make now', async (_, hash) => {
  const { verify } = createPasswords();
  const answer = await verify('correct horse', hash);
  expect(answer).toEqual({ ok: true, rehash: expect.any(String) });
  const rehash = answer.ok ? answer.rehash : undefined;
  expect(await verify('correct horse', rehash)).toEqual({ ok: true });
  expect(await verify('correct horse ', hash)).toEqual({ ok: false, reason: 'wrong' });
});

test('says why no password opens a hash, also where it is of the password', async () => {
  const { verify } = createPasswords();
  const once = hashOf(1, 'AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8');
  expect(await verify('correct horse', once)).toEqual({
    ok: false,
    reason: 'weak',
    explanation:
      'The stored hash has 1 round of PBKDF2; at least 100000 are needed. Set a new password.',
  });
  expect(await verify('correct horse', 'correct horse')).toMatchObject({
    ok: false,
    reason: 'unusable',
    explanation: expect.not.stringContaining('horse'),
  });
});

/** Work that is counted and does nothing, and ends when told. */
function counted() {
  const rounds: number[] = [];
  const open: (() => void)[] = [];
  const derive: Derive = (_password, _salt, many) => {
    rounds.push(many);
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    open.push(() => resolve(Buffer.alloc(32)));
    return promise;
  };
  const matchesBcrypt = () => {
    rounds.push(0);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    open.push(() => resolve(false));
    return promise;
  };
  return { rounds, endOne: () => open.shift()?.(), work: { derive, matchesBcrypt } };
}

const total = async (password: string, hash: string | undefined): Promise<number> => {
  let sum = 0;
  const derive: Derive = (_password, _salt, rounds) => {
    sum += rounds;
    return Promise.resolve(Buffer.alloc(32));
  };
  await createPasswords({ derive }).verify(password, hash);
  return sum;
};

test.each([
  ['a hash of ours', OURS],
  ['nobody', undefined],
  ['one with fewer rounds', FEWER],
  ['a weak one', hashOf(1, 'AAECAwQFBgc$9nV45KALGzJ8Oim4ijvT9dryc5RXdKV8gxWJ5JfYbS8')],
  ['an unusable one', 'x'],
])('a wrong password costs as many rounds with %s', async (_, hash) => {
  expect(await total('wrong', hash)).toBe(600_000);
});

test('nobody has no password, whatever is worked out', async () => {
  const { verify } = createPasswords();
  expect(await verify('', undefined)).toEqual({ ok: false, reason: 'wrong' });
});

/** As far as everything gets that waits for nothing outside. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('no more than two work at once, of all kinds together', async () => {
  const { rounds, endOne, work } = counted();
  const { hash, verify } = createPasswords(work);
  const all = Promise.all([
    hash('a'),
    verify('b', BCRYPT),
    verify('c', MORE),
    verify('d', undefined),
  ]);
  await settled();
  expect(rounds).toEqual([600_000, 0]);
  endOne();
  await settled();
  expect(rounds).toEqual([600_000, 0, 700_000]);
  endOne();
  await settled();
  expect(rounds).toEqual([600_000, 0, 700_000, 600_000]);
  endOne();
  endOne();
  expect(await all).toMatchObject([/^\$pbkdf2/, { ok: false }, { ok: false }, { ok: false }]);
});

test('twenty wait; the next is told to come again, and may', async () => {
  const { rounds, endOne, work } = counted();
  const { hash, verify } = createPasswords(work);
  const all = Array.from({ length: 22 }, () => verify('a', undefined));
  const refusal = {
    code: 'rate_limited',
    message: 'Too many passwords are being checked just now. Try again in a few seconds.',
  };
  await expect(verify('a', undefined)).rejects.toMatchObject(refusal);
  await expect(hash('a')).rejects.toMatchObject(refusal);
  endOne();
  await settled();
  all.push(verify('a', undefined));
  for (let left = all.length - 1; left > 0; left -= 1) {
    endOne();
    await settled();
  }
  expect((await Promise.all(all)).every(({ ok }) => !ok)).toBe(true);
  expect(rounds).toHaveLength(23);
});

test('refuses a long password before any work', async () => {
  const { rounds, work } = counted();
  const { hash, verify } = createPasswords(work);
  const refusal = { code: 'bad_request', message: 'A password has at most 1024 characters.' };
  await expect(hash('a'.repeat(1025))).rejects.toMatchObject(refusal);
  await expect(verify('a'.repeat(1025), OURS)).rejects.toMatchObject(refusal);
  await expect(verify('a'.repeat(1025), undefined)).rejects.toMatchObject(refusal);
  expect(rounds).toEqual([]);
  void verify('a'.repeat(1024), OURS);
  await settled();
  expect(rounds).toEqual([600_000]);
});

test('work that fails leaves its place to the next', async () => {
  const matchesBcrypt = () => Promise.reject(new Error('killed'));
  const { verify } = createPasswords({ matchesBcrypt });
  const failures = Array.from({ length: 5 }, () => verify('a', BCRYPT));
  for (const failure of failures) await expect(failure).rejects.toThrow('killed');
  expect(await verify('correct horse', OURS)).toEqual({ ok: true });
});

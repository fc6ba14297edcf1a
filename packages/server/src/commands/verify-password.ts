import { createPasswords } from '@berth/config';
import { Problem } from '@berth/contract';
import type { CommonOptions, Output } from './options.ts';
import { knownPassword, type PasswordOptions } from './password-input.ts';
import type { Prompt } from './prompt.ts';

/**
 * Tells whether a person knows a password, as `htpasswd -v` does: it throws where they do not.
 *
 * @param who at the start of a sentence
 * @param save is given a stronger hash of the same password, where the stored one is weak
 */
export async function verifyPassword(
  output: Output,
  prompt: Prompt,
  options: CommonOptions & PasswordOptions,
  who: string,
  stored: string | undefined,
  save: (hash: string) => Promise<void>,
): Promise<void> {
  if (stored === undefined) throw new Problem('not_found', `${who} has no password.`);
  const password = await knownPassword(prompt, options);
  const result = await createPasswords().verify(password, stored);
  if (!result.ok) {
    if (options.json === true) output.json({ ok: false, reason: result.reason });
    const isWrong = result.reason === 'wrong';
    throw new Problem('unauthorized', isWrong ? 'The password is wrong.' : result.explanation);
  }
  if (result.rehash !== undefined) await save(result.rehash);
  const rehashed = result.rehash !== undefined;
  if (options.json === true) output.json({ ok: true, rehashed });
  else if (rehashed) output.line('The password is right. A stronger hash of it was stored.');
  else output.line('The password is right.');
}

import { commandLine, parseStoredHash, type Config } from '@berth/config';

export interface UselessPassword {
  readonly username: string;
  /** Has nothing of the hash, and says what to do. */
  readonly explanation: string;
  /** That gives them another. */
  readonly command: string;
}

/** Passwords that nobody can log in with, as their hashes are too weak or no hashes at all. */
export function uselessPasswords({ directory, settings, accounts }: Config): UselessPassword[] {
  const { username, password_hash } = settings.admin;
  const stored = [
    { username, hash: password_hash, command: commandLine(directory, 'admin', 'password') },
    ...[...accounts.values()].map((account) => ({
      username: account.username,
      hash: account.user.password_hash,
      command: commandLine(directory, 'user', 'password', account.username),
    })),
  ];
  return stored.flatMap(({ username: name, hash, command }) => {
    const parsed = hash === undefined ? undefined : parseStoredHash(hash);
    return parsed !== undefined && 'explanation' in parsed
      ? [{ username: name, explanation: parsed.explanation, command }]
      : [];
  });
}

import { userInfo } from 'node:os';

/** Who runs a command, for the history: who they are, also when they became root for it. */
export function caller(): string {
  const before = process.env['SUDO_USER'] ?? '';
  return before === '' ? accountName() : before;
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container a number need not have a name.
    return `uid ${process.getuid?.()}`;
  }
}

import { userInfo } from 'node:os';

/** Who runs a command, for the history: who they are, also when they became root for it. */
export function caller(): string {
  return process.env['SUDO_USER'] ?? userInfo().username;
}

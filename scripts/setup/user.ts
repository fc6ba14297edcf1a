import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Who this process runs as, by name where it has one. */
export function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id that no account has, as in many containers.
    return `uid ${process.getuid?.()}`;
  }
}

/** Who is behind a `sudo`, or undefined without one. */
export function sudoUser(): string | undefined {
  const name = process.env['SUDO_USER'];
  return name === undefined || name === '' || name === 'root' ? undefined : name;
}

/** The folder in which `berth` keeps this user’s logins. */
export function clientFolder(): string {
  const configured = process.env['XDG_CONFIG_HOME'];
  const base =
    configured === undefined || configured === '' ? join(homedir(), '.config') : configured;
  return join(base, 'berth');
}

/** A login name as Berth’s names have to be: `John.Doe` is `john-doe`. */
export function berthName(login: string): string {
  const name = login
    .toLowerCase()
    .normalize('NFD')
    // Accents, now apart from their letters.
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 32)
    .replace(/-+$/, '');
  return name === '' ? 'user' : name;
}

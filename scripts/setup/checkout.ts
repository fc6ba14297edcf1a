import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '@berth/contract';

/** This checkout, and what ./scripts/start keeps in it. */
export const CHECKOUT = join(import.meta.dirname, '../..');

/** The configuration folder of the server that ./scripts/start runs, with its log and state. */
export const CONFIG = join(CHECKOUT, '.berth');

/** The log and process id of an engine that ./scripts/start started itself. */
export const ENGINE_FOLDER = join(CONFIG, 'engine');

export const BERTHD = join(CHECKOUT, 'bin/berthd');
export const BERTH = join(CHECKOUT, 'bin/berth');

/** How a person calls one of the scripts from wherever they are. */
export function commandLine(script: string): string {
  const path = join(CHECKOUT, 'scripts', script);
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/** Throws where the configuration folder is another user’s: usually root’s, after a `sudo`. */
export async function refuseForeign(): Promise<void> {
  try {
    await access(CONFIG, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return;
    if (code !== 'EACCES') throw error;
    throw new Problem(
      'forbidden',
      `${CONFIG} belongs to another user, who started Berth here. Run this as that user; if that is root, with sudo.`,
    );
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '@berth/contract';

/** Who writes a file where it stands is done with it after so long. */
const HALF_WRITTEN_MS = 20;
const MOST_LOOKS = 10;

/**
 * Looks again where a file is cut off or missing: somebody may be writing it where it stands, or just
 * putting another in its place. Throws `config_invalid` where it stays so, and for all other errors at
 * once.
 */
export async function untilWhole<T>(look: () => Promise<T>): Promise<T> {
  for (let looks = 1; ; looks += 1) {
    try {
      return await look();
    } catch (error) {
      if (!isPassing(error) || looks === MOST_LOOKS) throw error;
    }
    await delay(HALF_WRITTEN_MS);
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof Problem && ('cut_off' in error.details || 'missing' in error.details);

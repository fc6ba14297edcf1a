import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openConfigStore } from '@berth/config';
import type { Arena } from '../arena.ts';
import { writePeople } from '../people.ts';

const FILES = ['main.yaml', 'containers.yaml', 'users.yaml'];

export interface Truncations {
  readonly people: number;
  readonly truncations: number;
}

/**
 * Cuts off each file in turn, at the end of a line or anywhere. All are rejected, and the store goes on
 * with what it had. Whole again, it loads again.
 */
export async function truncateFiles(arena: Arena, options: Truncations): Promise<string> {
  const directory = join(arena.folder, 'config');
  await writePeople(directory, options.people);
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  const served = store.current();
  for (let done = 0; done < options.truncations; done += 1) {
    arena.signal.throwIfAborted();
    const path = join(directory, FILES[done % FILES.length] ?? '');
    const whole = await readFile(path);
    const length = lengthOf(whole, done % 2 === 0);
    await writeFile(path, whole.subarray(0, length));
    await store.reload();
    if (store.rejection() === undefined) {
      throw new Error(`${path} was accepted with ${length} of ${whole.length} bytes`);
    }
    if (store.current() !== served) throw new Error('The configuration changed');
    await writeFile(path, whole);
    await store.reload();
    if (store.rejection() !== undefined) throw new Error('Whole again, it was rejected');
  }
  store.close();
  return `${options.truncations} truncations, all rejected`;
}

/** Shorter than the text at least by the end of its last line, without which it is whole. */
function lengthOf(whole: Buffer, isAtLine: boolean): number {
  const length = Math.floor(Math.random() * (whole.length - 1));
  return isAtLine ? whole.lastIndexOf(10, length) + 1 : length;
}

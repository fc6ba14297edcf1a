import { readlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

/** How a path leads to a file, or to where one could be. */
export interface Way {
  /** Folders and links on the way, in turn. No part of these paths but the last is a link. */
  readonly passed: readonly string[];
  readonly end: string;
}

/** So many links the kernel follows too. */
const MOST_LINKS = 40;

/** @param path absolute */
export async function wayTo(path: string): Promise<Way> {
  const passed: string[] = [];
  let at = '/';
  let links = 0;
  const rest = partsOf(path);
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === '..') {
      at = dirname(at);
      continue;
    }
    if (at !== '/') passed.push(at);
    const next = join(at, name);
    // What cannot be looked at is taken for the end: who reads the file tells why it cannot be read.
    const target = await readlink(next).catch(() => undefined);
    if (target === undefined || links === MOST_LINKS) {
      at = next;
      continue;
    }
    links += 1;
    passed.push(next);
    rest.unshift(...partsOf(target));
    if (target.startsWith(sep)) at = '/';
  }
  return { passed, end: at };
}

const partsOf = (path: string): string[] =>
  path.split(sep).filter((part) => part !== '' && part !== '.');

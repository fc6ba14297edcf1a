import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every file below a folder by its path in it, with its text; `?` for what is no plain file. */
export async function tree(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) continue;
    found[path.slice(folder.length + 1)] = entry.isFile() ? await readFile(path, 'utf8') : '?';
  }
  return found;
}

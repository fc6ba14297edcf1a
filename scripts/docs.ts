/** Writes the reference pages anew, from the schemas and the programs: `npm run docs`. */
import './require-node.cjs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { referencePages } from './docs/pages.ts';

const ROOT = dirname(import.meta.dirname);

for (const [path, text] of await referencePages()) {
  await mkdir(dirname(join(ROOT, path)), { recursive: true });
  await writeFile(join(ROOT, path), text);
  console.log(path);
}

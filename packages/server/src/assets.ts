import { readFile } from 'node:fs/promises';
import { getAsset, isSea } from 'node:sea';

/**
 * The files that go with the program, to be sent to browsers. The bundler reads their names here too: it
 * puts them into the executable, and beside the bundled module (scripts/bundle/assets.ts).
 */
const FILES = {
  'swagger-ui.js': import.meta.resolve('@fastify/swagger-ui/static/swagger-ui-bundle.js'),
  'swagger-ui.css': import.meta.resolve('@fastify/swagger-ui/static/swagger-ui.css'),
} as const;

export type Asset = keyof typeof FILES;

/** What such a file holds. It is read each time: few ask, and none is to stay in memory. */
export async function readAsset(name: Asset): Promise<Buffer> {
  return isSea() ? Buffer.from(getAsset(name)) : readFile(new URL(FILES[name]));
}

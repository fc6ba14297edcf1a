import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rolldown';

/** How our code names a file that goes with the program. */
const ASSET = /'([\w.-]+)': import\.meta\.resolve\('([^']+)'\)/g;

/**
 * Puts the files that a program sends to browsers beside the bundled module, in `assets/`. An executable
 * takes them from there into itself: `found` gets them, path by name.
 */
export function withAssets(module: string, found: Map<string, string>): Plugin {
  const folder = join(dirname(module), 'assets');
  return {
    name: 'with-assets',
    transform: {
      filter: { code: ASSET },
      handler: async (code) => {
        await mkdir(folder, { recursive: true });
        for (const [, name = '', specifier = ''] of code.matchAll(ASSET)) {
          const path = join(folder, name);
          await copyFile(fileURLToPath(import.meta.resolve(specifier)), path);
          found.set(name, path);
        }
        return code.replaceAll(
          ASSET,
          (_, name: string) => `'${name}': new URL('./assets/${name}', import.meta.url).href`,
        );
      },
    },
  };
}

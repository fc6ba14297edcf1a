import { dirname, join } from 'node:path';
import { build, type Plugin } from 'rolldown';

/** How our code names the module that a thread starts with. */
const THREAD = /new URL\('(\.\/[\w-]+-worker\.ts)', import\.meta\.url\)/g;

/**
 * Puts the code of threads into the bundle, as data: URLs. A bundled module has no sources beside it,
 * and a single executable can start no thread from a file at all.
 */
export const withThreads: Plugin = {
  name: 'with-threads',
  transform: {
    filter: { code: THREAD },
    handler: async (code, id) => {
      const names = [...code.matchAll(THREAD)].map(([, name = '']) => name);
      const urls = new Map<string, string>();
      for (const name of names) urls.set(name, await dataUrl(join(dirname(id), name)));
      return code.replaceAll(THREAD, (_, name: string) => `new URL('${urls.get(name)}')`);
    },
  },
};

async function dataUrl(input: string): Promise<string> {
  const { output } = await build({
    input,
    platform: 'node',
    write: false,
    output: { format: 'esm', codeSplitting: false, minify: true },
  });
  return `data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`;
}

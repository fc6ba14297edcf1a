/**
 * Makes what users install: `npm run bundle [FOLDER]`. For each program one module (`berth.mjs`, for
 * any Node 26, with the files in `assets/`) and one executable that needs nothing besides (`berth`). The folder is dist/ where
 * none is named.
 */
import './require-node.cjs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { build, type Plugin } from 'rolldown';
import { withAssets } from './bundle/assets.ts';
import { withThreads } from './bundle/threads.ts';
import { run } from './run.ts';

const ROOT = dirname(import.meta.dirname);

const PROGRAMS = {
  berth: 'packages/cli/src/main.ts',
  berthd: 'packages/server/src/main.ts',
};

/** What CommonJS packages expect to find, and an ES module has not. */
const COMMONJS_GLOBALS = `const __filename = import.meta.filename;
const __dirname = import.meta.dirname;`;

/**
 * What dockerode loads at its start for engines behind ssh:// and for BuildKit sessions. We use
 * neither, and ssh2 looks for native modules, which an executable cannot hold.
 */
const withoutUnused: Plugin = {
  name: 'without-unused',
  resolveId: {
    filter: { id: /^ssh2$|^@grpc\/|^cpu-features$|\.node$/ },
    handler: () => '\0unused',
  },
  load: {
    filter: { id: /^\0unused$/ },
    handler: () => 'export {};',
  },
};

/** Files that go with a program: path by name. */
type Assets = ReadonlyMap<string, string>;

async function bundleModule(input: string, file: string): Promise<Assets> {
  const assets = new Map<string, string>();
  await build({
    cwd: ROOT,
    input,
    platform: 'node',
    plugins: [withoutUnused, withThreads, withAssets(file, assets)],
    output: { file, format: 'esm', codeSplitting: false, banner: COMMONJS_GLOBALS },
  });
  return assets;
}

async function buildExecutable(main: string, output: string, assets: Assets): Promise<void> {
  const config = `${output}.sea.json`;
  await writeFile(
    config,
    JSON.stringify({
      main,
      mainFormat: 'module',
      output,
      assets: Object.fromEntries(assets),
      useCodeCache: true,
      disableExperimentalSEAWarning: true,
      execArgv: ['--disable-warning=ExperimentalWarning'],
    }),
  );
  try {
    const { ok, output: said } = await run(process.execPath, ['--build-sea', config]);
    if (!ok) throw new Error(`Could not build ${output}:\n${said}`);
  } finally {
    await rm(config, { force: true });
  }
}

const folder = resolve(process.argv[2] ?? join(ROOT, 'dist'));
await mkdir(folder, { recursive: true });
for (const [name, input] of Object.entries(PROGRAMS)) {
  const module = join(folder, `${name}.mjs`);
  const assets = await bundleModule(input, module);
  await buildExecutable(module, join(folder, name), assets);
  console.log(`${join(folder, name)} and ${name}.mjs`);
}

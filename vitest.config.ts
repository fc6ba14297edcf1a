import './scripts/require-node.cjs';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{packages,e2e,bench,torture}/**/src/**/*.test.ts', 'scripts/**/*.test.ts'],
    // Tests run as the programs do: by Node itself, types stripped, nothing rewritten. Only so does
    // V8's own coverage name our files, in child processes too (see scripts/coverage.ts).
    experimental: { viteModuleRunner: false, nodeLoader: false },
    pool: 'forks',
    // By default one core is left to Vitest itself, which does next to nothing here: of two, half.
    maxWorkers: '100%',
    // Locks stand on node:ffi, which Node still calls experimental.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    setupFiles: ['scripts/coverage-setup.ts'],
    // A real engine takes seconds when several tests ask it at once; these only end what hangs.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

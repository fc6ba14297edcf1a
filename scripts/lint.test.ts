import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = dirname(import.meta.dirname);

type Import = [from: string, statement: string];

const REFUSED: Import[] = [
  ['packages/contract/src/a.ts', `import '@berth/config';`],
  ['packages/contract/src/a.ts', `import '../../config/src/index.ts';`],
  ['packages/contract/src/a.ts', `import 'node:fs';`],
  ['packages/contract/src/a.ts', `import 'fs';`],
  ['packages/config/src/a.ts', `import '@berth/logs';`],
  ['packages/engine/src/a.ts', `import '@berth/config';`],
  ['packages/engine/src/docker/a.ts', `import '../../../config/src/index.ts';`],
  ['packages/engine/src/a.test.ts', `import '@berth/config';`],
  ['packages/logs/src/a.ts', `import '@berth/engine';`],
  ['packages/api-client/src/a.ts', `import '@berth/server';`],
  ['packages/server/src/a.ts', `import '@berth/api-client';`],
  ['packages/server/src/a.ts', `import '@berth/cli';`],
  ['packages/server/src/a.ts', `import '../../cli/src/main.ts';`],
  ['packages/cli/src/commands/a.ts', `import '@berth/server';`],
  ['packages/cli/src/commands/a.ts', `import '../../../server/src/app.ts';`],
  ['packages/cli/src/a.ts', `import '../../server/src/app.ts';`],
  ['packages/cli/src/a.ts', `import type { A } from '@berth/server'; export type B = A;`],
  ['packages/cli/src/a.ts', `export * from '@berth/server';`],
  ['packages/cli/src/a.ts', `await import('@berth/server');`],
  ['packages/cli/src/a.ts', `await import('../../server/src/app.ts');`],
  ['packages/cli/src/a.test.ts', `import '@berth/server';`],
  ['packages/web/src/a.ts', `import '@berth/engine';`],
  ['packages/server/src/a.ts', `import '@berth/testbed';`],
  ['packages/server/src/a.ts', `import '@berth/engine/testing';`],
  ['packages/server/src/accounts/a.ts', `import '@berth/testbed';`],
  ['packages/server/src/accounts/a.ts', `import '@berth/cli';`],
  ['packages/server/src/accounts/a.ts', `import '../containers/service.ts';`],
  ['packages/server/src/accounts/a.test.ts', `import '../containers/service.ts';`],
  ['packages/server/src/monitoring/tables/a.ts', `import '../../accounts/index.ts';`],
  ['packages/testbed/src/a.ts', `import '@berth/server';`],
  ['e2e/src/a.test.ts', `import '@berth/server';`],
  ['e2e/src/a.test.ts', `import '../../packages/server/src/app.ts';`],
  ['torture/src/a.ts', `import '@berth/server';`],
];

const ALLOWED: Import[] = [
  ['packages/contract/src/a.ts', `import './api/config.ts';`],
  ['packages/contract/src/a.test.ts', `import 'node:fs';`],
  ['packages/config/src/a.ts', `import '@berth/contract';`],
  ['packages/engine/src/docker/a.ts', `import '../port.ts';`],
  ['packages/engine/src/a.test.ts', `import '@berth/testbed';`],
  ['packages/engine/src/testing/engine-contract.ts', `import '@berth/testbed';`],
  ['packages/server/src/main.ts', `import './containers/service.ts';`],
  ['packages/server/src/a.ts', `import '@berth/engine';`],
  ['packages/server/src/a.test.ts', `import '@berth/engine/testing';`],
  ['packages/server/src/accounts/a.ts', `import '../http/plumbing.ts';`],
  ['packages/server/src/accounts/a.ts', `import './templates/mail.ts';`],
  ['packages/server/src/accounts/a.test.ts', `import '@berth/testbed';`],
  ['packages/cli/src/commands/a.ts', `import '../client.ts';`],
  ['packages/cli/src/a.ts', `import '@berth/api-client';`],
  ['packages/web/src/a.ts', `import '@berth/api-client';`],
  ['e2e/src/a.ts', `import '@berth/testbed';`],
  ['bench/src/main.ts', `import '@berth/testbed';`],
  ['torture/src/a.ts', `import '@berth/config/testing';`],
];

const BOUNDARIES = new Set(['eslint(no-restricted-imports)', 'import(no-nodejs-modules)']);

let tree: string;
let refusals: Set<string | undefined>;

/** Each case gets a file of its own, so that the linter runs once for all. */
function placeOf([from, statement]: Import): string {
  const cases = [...REFUSED, ...ALLOWED];
  const index = cases.findIndex((other) => other[0] === from && other[1] === statement);
  return from.replace(/(\.test)?\.ts$/, `-${index}$&`);
}

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'berth-lint-'));
  await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  await copyFile(join(ROOT, 'oxlint.config.ts'), join(tree, 'oxlint.config.ts'));
  for (const example of [...REFUSED, ...ALLOWED]) {
    const file = join(tree, placeOf(example));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${example[1]}\n`);
  }
  refusals = await lint();
});

afterAll(() => rm(tree, { recursive: true, force: true }));

/** Files of the tree that break an import rule. */
async function lint(): Promise<Set<string | undefined>> {
  const oxlint = join(ROOT, 'node_modules/oxlint/bin/oxlint');
  const output = await new Promise<string>((resolve, reject) => {
    const args = [oxlint, '--format', 'json', 'packages', 'e2e', 'bench', 'torture'];
    execFile(process.execPath, args, { cwd: tree }, (error, stdout, stderr) => {
      // 1 is what it exits with when it finds something.
      if (error?.code === 1 && stderr === '') resolve(stdout);
      else reject(new Error(`oxlint failed: ${stdout}${stderr}`, { cause: error }));
    });
  });
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: { code?: string; filename?: string }[];
  };
  return new Set(
    diagnostics
      .filter(({ code }) => code !== undefined && BOUNDARIES.has(code))
      .map(({ filename }) => filename),
  );
}

test.for(REFUSED)('refuses, in %s: %s', (example) => {
  expect(refusals).toContain(placeOf(example));
});

test.for(ALLOWED)('allows, in %s: %s', (example) => {
  expect(refusals).not.toContain(placeOf(example));
});

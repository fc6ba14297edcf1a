import { execFileSync } from 'node:child_process';
import { loadConfig, openConfigStore } from '@berth/config';
import { expect, onTestFinished, test } from 'vitest';
import { createEnrolment } from '../accounts/enrolment.ts';
import { berthdFolder, type Berthd } from '../testing/berthd.ts';
import { UNPRIVILEGED } from '../testing/unprivileged.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';

/** With a change behind it, a client that waits, and another that has waited too long. */
async function readOnly(): Promise<Berthd> {
  const berthd = await berthdFolder();
  const { directory } = berthd;
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  await store.edit({ by: 'root', what: 'disable alice' }, (edit) => {
    edit.set('users.yaml', ['users', ALICE, 'disabled'], true);
  });
  store.close();
  const config = await loadConfig(directory);
  for (const [client, now] of [
    ['0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b', Date.now()],
    ['1f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b', Date.parse('2026-01-01T00:00:00Z')],
  ] as const) {
    const enrolment = createEnrolment({
      config: () => config,
      edit: () => Promise.reject(new Error('Asking edits nothing')),
      now: () => now,
    });
    const token_hash = `sha256:${'a'.repeat(64)}`;
    await enrolment.ask({ client_id: client, token_hash, name: 'laptop' });
  }
  execFileSync('chmod', ['-R', 'a-w', directory]);
  onTestFinished(() => void execFileSync('chmod', ['-R', 'u+w', directory]));
  return berthd;
}

test.each([
  [['check'], / is valid: /],
  [['history'], /^2 .* disable alice/m],
  [['history', 'show', '2'], /^\+ {4}disabled: true$/m],
  [['history', 'diff', '1'], /^\+ {4}disabled: true$/m],
  [['history', 'diff', '2', '1'], /^- {4}disabled: true$/m],
  [['user', 'list'], /^alice .* disabled$/m],
  [['user', 'show', 'alice'], /^alice$/m],
  [['client', 'list'], /There are no clients/],
  [['template', 'list'], /^shell /m],
  [['template', 'show', 'lab'], /^lab$/m],
  [['enroll', 'list'], /^[0-9A-Z]{4}-[0-9A-Z]{4} {2}laptop {2}\(.*\)\n$/],
])('%j works on a folder that may only be read', async (args, expected) => {
  const berthd = await readOnly();
  expect(await berthd.run(args, { through: UNPRIVILEGED })).toEqual({
    code: 0,
    stdout: expect.stringMatching(expected),
    stderr: '',
  });
});

test('what changes something says that it may not', async () => {
  const berthd = await readOnly();
  const disable = ['user', 'set', 'alice', '--enable'];
  expect(await berthd.run(disable, { through: UNPRIVILEGED })).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^berthd: .*\.lock: /),
  });
});

test('berthd check sees the server of a folder that may only be read', async () => {
  const berthd = await berthdFolder();
  const { url } = await berthd.serve();
  execFileSync('chmod', ['-R', 'a-w', berthd.directory]);
  onTestFinished(() => void execFileSync('chmod', ['-R', 'u+w', berthd.directory]));
  const { stdout } = await berthd.run(['check', '--json'], { through: UNPRIVILEGED });
  expect(JSON.parse(stdout)).toMatchObject({ valid: true, serving: { url } });
});

import { expect, test } from 'vitest';
import { berthdFolder } from '../testing/berthd.ts';
import { printed, printedJson } from '../testing/printed.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const FACTOR = `{totp_secret: ${'A'.repeat(32)}, last_step: 1, recovery_codes: ["sha256:${'0'.repeat(64)}"]}`;
const SECRETS = `version: 1
admin_second_factor: ${FACTOR}
second_factors:
  ${ALICE}: ${FACTOR}
...
`;

test('a lost phone is no reason to stay out: `admin totp --off`', async () => {
  const berthd = await berthdFolder({ 'secrets.yaml': SECRETS });
  expect(await printed(berthd, 'admin', 'totp')).toBe(
    'admin needs a code to log in; left: 1 recovery code.\n',
  );
  expect(await printed(berthd, 'admin', 'totp', '--off')).toBe('admin logs in without a code.\n');
  const { entries } = await printedJson(berthd, 'audit');
  expect(entries).toMatchObject([
    { action: 'turn_off_second_factor', subject: 'admin', by: { kind: 'command', name: 'ada' } },
  ]);
  expect(await printedJson(berthd, 'admin', 'totp', '--user', 'alice')).toEqual({
    username: 'alice',
    on: true,
    recovery_codes: 1,
  });
  await printed(berthd, 'admin', 'totp', '--user', 'alice', '--off');
  expect(await printed(berthd, 'admin', 'totp', '--user', 'alice')).toBe(
    'alice logs in without a code.\n',
  );
});

test('`check` tells what is wrong with secrets.yaml, and who can read it', async () => {
  const berthd = await berthdFolder({ 'secrets.yaml': SECRETS });
  expect((await berthd.run(['check'])).stdout).toContain(
    'Others than its owner can read or change',
  );
  await berthd.write('secrets.yaml', SECRETS.replace('last_step: 1', 'last_step: soon'));
  const { stdout } = await berthd.run(['check']);
  expect(stdout).toContain('secrets.yaml:2:');
  expect(stdout).not.toContain('AAAAAAAA');
});

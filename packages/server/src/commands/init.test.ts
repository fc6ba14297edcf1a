import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { berthdFolder } from '../testing/berthd.ts';
import { printed, printedJson } from '../testing/printed.ts';

describe('berthd init', () => {
  test('shows the password of the admin, once', async () => {
    const berthd = await berthdFolder();
    const directory = join(berthd.directory, 'new');
    const text = await printed(berthd, 'init', '--config', directory);
    expect(text).toContain(`Wrote a new configuration to ${directory}.\n`);
    const [, password = ''] = /Admin password: (\S+)\n/.exec(text) ?? [];
    const verify = ['admin', 'password', '--verify', '--password-stdin', '--config', directory];
    expect(await berthd.run(verify, { input: password })).toMatchObject({ code: 0 });
  });

  test('tells programs the same', async () => {
    const berthd = await berthdFolder();
    const directory = join(berthd.directory, 'new');
    const made = await printedJson(berthd, 'init', '--config', directory);
    expect(made).toEqual({
      directory,
      username: 'admin',
      password: expect.stringMatching(/.{16}/),
    });
    const verify = ['admin', 'password', '--verify', '--password-stdin', '--config', directory];
    const input = String(made['password']);
    expect(await berthd.run(verify, { input })).toMatchObject({ code: 0 });
  });

  test.each(['', '1e3', '0x50', ' 80', '65536', '-1'])('refuses the port "%s"', async (port) => {
    const berthd = await berthdFolder();
    const directory = join(berthd.directory, 'new');
    expect(await berthd.run(['init', '--config', directory, `--port=${port}`])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('It must be a number from 0 to 65535.'),
    });
  });
});

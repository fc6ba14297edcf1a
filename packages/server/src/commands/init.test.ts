import { stat } from 'node:fs/promises';
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

  test.each([
    ...['', '1e3', '0x50', ' 80', '65536', '-1'].map((port) => [
      `--port=${port}`,
      'It must be a number from 0 to 65535.',
    ]),
    ...['', '1a', 'A', 'a'.repeat(33)].map((prefix) => [
      `--prefix=${prefix}`,
      'It must be lower-case letters, digits and hyphens, starting with a letter; at most 32.',
    ]),
    ...['', 'foo', '/var/run/docker.sock', 'tcp://', 'tcp://x'].map((host) => [
      `--engine-host=${host}`,
      'It must be unix:///PATH or tcp://HOST:PORT.',
    ]),
  ])('refuses %s', async (option, why) => {
    const berthd = await berthdFolder();
    const directory = join(berthd.directory, 'new');
    const [name = ''] = option.split('=');
    expect(await berthd.run(['init', '--config', directory, option])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(new RegExp(`^berthd: Option '${name} <.*${why}\\n`)),
    });
    await expect(stat(directory)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

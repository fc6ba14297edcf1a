import { VERSION } from '@berth/contract';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { berthdFolder } from '../testing/berthd.ts';
import { expectRefusal, printed } from '../testing/printed.ts';
import { createOutput } from './output.ts';
import { createProgram } from './program.ts';
import { createPrompt } from './prompt.ts';

/** Every command that does something, by its words. */
function commands(parent: Command, words = ''): [words: string, command: Command][] {
  if (parent.commands.length === 0) return [[words, parent]];
  return parent.commands
    .filter((command) => command.name() !== 'help')
    .flatMap((command) => commands(command, `${words} ${command.name()}`.trim()));
}

const program = createProgram(createOutput(process, false), createPrompt(process));

describe('every command of berthd', () => {
  test.each(commands(program))('%s takes --json', (_words, command) => {
    expect(command.options.map(({ long }) => long)).toContain('--json');
  });

  // All but those that only look, those that make what has had no revision yet, and what is a secret.
  const changing = commands(program).filter(
    ([words]) =>
      /^(user|template|client|admin) /.test(words) &&
      !/ (list|show|totp)$|^(user|template) add$/.test(words),
  );
  test.each(changing)('%s takes --if-revision', (_words, command) => {
    expect(command.options.map(({ long }) => long)).toContain('--if-revision');
  });
});

describe('a command that fails', () => {
  test('says why on standard error, whatever it is', async () => {
    const berthd = await berthdFolder();
    const run = (...args: string[]): Promise<object> => berthd.run(args);
    expect(await run('user', 'show', 'alcie')).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^berthd: There is no user "alcie"\./),
    });
    expect(await run('user', 'list', '--jsno')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        "berthd: Unknown option '--jsno'.\nDid you mean --json?\nTo see what is possible: berthd user list --help\n",
    });
    expect(await run('usr')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        "berthd: Unknown command 'usr'.\nDid you mean user?\nTo see what is possible: berthd --help\n",
    });
    expect(await run('enroll', 'approve', 'CODE')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        "berthd: Required option '--user <name>' not specified.\nTo see what is possible: berthd enroll approve --help\n",
    });
    expect(await run('template', 'show')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        "berthd: Missing required argument 'template'.\nTo see what is possible: berthd template show --help\n",
    });
  });

  test.each([
    [
      'user password',
      "alice 'hunter10",
      "Too many arguments for 'password'. Expected 1 argument but got 2.",
    ],
    [
      'admin password',
      'hunter10',
      "Too many arguments for 'password'. Expected 0 arguments but got 1.",
    ],
    [
      'client revoke',
      'alice lap hunter\n10',
      "Too many arguments for 'revoke'. Expected 2 arguments but got 3.",
    ],
    ['user password', 'alice --password=hunter10', "Unknown option '--password'."],
    ['user password', 'alice -phunter10', "Unknown option '-p'."],
  ])('berthd %s %j does not say again what can be a password', async (words, args, message) => {
    const berthd = await berthdFolder();
    const { code, stdout, stderr } = await berthd.run([...words.split(' '), ...args.split(' ')]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n')[0]).toBe(`berthd: ${message}`);
    expect(stderr).not.toMatch(/hunter|10/);
    expect(stderr.includes('--password-stdin.')).toBe(words.endsWith('password'));
  });

  test('shows the help where no command was named', async () => {
    const berthd = await berthdFolder();
    const { code, stdout, stderr } = await berthd.run(['client']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^Usage: berthd client [^]*\nberthd: Which command of berthd client\? There are: list, add, rename, expire, reset, revoke\.\n$/,
    );
  });

  test('tells a program the same as one document on standard output', async () => {
    const berthd = await berthdFolder();
    const failure = async (...args: string[]): Promise<object> => {
      const { code, stdout, stderr } = await berthd.run([...args, '--json']);
      expect(stderr).toBe('');
      return { code, ...(JSON.parse(stdout) as object) };
    };
    expect(await failure('user', 'show', 'alcie')).toEqual({
      code: 1,
      error: {
        code: 'not_found',
        message: expect.stringMatching(/^There is no user "alcie"\./),
        details: {},
      },
    });
    expect(await failure('user', 'list', '--jsno')).toEqual({
      code: 2,
      error: {
        code: 'usage',
        message:
          "Unknown option '--jsno'.\nDid you mean --json?\nTo see what is possible: berthd user list --help",
        details: {},
      },
    });
    expect(await failure('user', 'add', 'bob')).toMatchObject({
      code: 2,
      error: { code: 'usage', message: expect.stringContaining('There is no terminal') },
    });
    const missing = `${berthd.directory}/nowhere/x.yaml`;
    expect(await failure('template', 'add', 'x', '--file', missing)).toEqual({
      code: 1,
      error: {
        code: 'not_found',
        message: `${missing}: there is no such file or folder (ENOENT).`,
        details: {},
      },
    });
    await berthd.write('users.yaml', 'version: 1\nusers: {}\nmore: 1\n...\n');
    expect(await failure('user', 'list')).toMatchObject({
      code: 1,
      error: {
        code: 'config_invalid',
        details: { issues: [{ file: 'users.yaml', line: 3, column: 1 }] },
      },
    });
  });

  test('takes --json behind -- for an argument', async () => {
    const berthd = await berthdFolder();
    expect(await berthd.run(['user', 'show', '--', '--json'])).toMatchObject({
      code: 1,
      stdout: '',
    });
  });
});

test.each([[], ['history'], ['history', 'restore']])(
  'berthd help %s %s is the help of the command',
  async (...words) => {
    const berthd = await berthdFolder();
    const help = await printed(berthd, ...words, '--help');
    expect(help).toContain(`Usage: ${['berthd', ...words].join(' ')} [`);
    expect(await printed(berthd, 'help', ...words)).toBe(help);
  },
);

test('berthd help of what is no command says so', async () => {
  const berthd = await berthdFolder();
  expectRefusal(
    await berthd.run(['help', 'history', 'restor']),
    2,
    "berthd: Unknown command 'restor'.\nDid you mean restore?\nTo see what is possible: berthd history --help\n",
  );
});

test('berthd serve tells a program where it serves', async () => {
  const berthd = await berthdFolder();
  const running = berthd.start(['serve', '--json']);
  const [line] = await running.printed(/^\{.*\}\n/);
  expect(JSON.parse(line)).toEqual({
    version: VERSION,
    url: expect.stringMatching(/^http:/),
    pid: running.child.pid,
  });
});

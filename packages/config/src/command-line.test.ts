import { execFileSync } from 'node:child_process';
import { afterEach, expect, test, vi } from 'vitest';
import { commandLine } from './command-line.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('names the folder only where another one would be gone by without it', () => {
  vi.stubEnv('BERTH_CONFIG', undefined);
  expect(commandLine('/etc/berth', 'user', 'list')).toBe('berthd user list');
  expect(commandLine('/srv/x', 'user', 'list')).toBe('berthd user list --config /srv/x');
  vi.stubEnv('BERTH_CONFIG', '/srv/x');
  expect(commandLine('/etc/berth', 'check')).toBe('berthd check --config /etc/berth');
  expect(commandLine('/srv/x', 'check')).toBe('berthd check --config /srv/x');
});

test.each(['/srv/a b', "/it's", '/$HOME/`x`', '/"\\"', '/ö/*', '/a;b&c|d>e', '~/x', '/two\nlines'])(
  'a shell takes %j for what it is',
  (path) => {
    const line = commandLine(path, 'restore', path).replace('berthd', 'printf "%s\\n"');
    expect(execFileSync('sh', ['-c', line], { encoding: 'utf8' })).toBe(
      `restore\n${path}\n--config\n${path}\n`,
    );
  },
);

import { readFileSync } from 'node:fs';
import { Problem } from '@berth/contract';
import type { Notice } from '@berth/config';
import { createLog } from '@berth/logs';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { logNotice } from './log-notice.ts';

const LOGS_PAGE = readFileSync(new URL('../../../docs/logs.md', import.meta.url), 'utf8');
const RUNNING = 'r-running';
const problem = new Problem('config_invalid', 'users.yaml:3:5: unknown key "disabledd"');
const error = Object.assign(new Error('EIO: i/o error, read'), { stack: undefined });
const failed = { name: 'Error', message: 'EIO: i/o error, read' };

test.each<[Exclude<Notice, { kind: 'loaded' }>, severity: string, event: string, what: object]>([
  [
    { kind: 'invalid', problem },
    'error',
    'config_rejected',
    { problem: { code: 'config_invalid', message: problem.message }, running: RUNNING },
  ],
  [{ kind: 'unreadable', error }, 'error', 'config_unreadable', { error: failed }],
  [{ kind: 'unrecorded', error }, 'error', 'config_unrecorded', { error: failed }],
  [
    { kind: 'unwatched', folders: ['/etc/berth/users'], error },
    'warn',
    'config_unwatched',
    {
      folders: ['/etc/berth/users'],
      error: failed,
      advice: expect.stringContaining('SIGHUP') as string,
    },
  ],
  [
    { kind: 'merged', file: 'users.yaml', kept: ['users.alice'], conflicts: [] },
    'warn',
    'config_merged',
    { file: 'users.yaml', kept: ['users.alice'], conflicts: [] },
  ],
  [
    { kind: 'rejected', file: 'users.yaml', path: 'history/rejected-1-users.yaml' },
    'warn',
    'config_text_kept',
    { file: 'users.yaml', path: 'history/rejected-1-users.yaml' },
  ],
])('of %j an admin reads %s %s, and in the docs what it means', (notice, severity, event, what) => {
  let entry = '';
  const write = (text: string): void => void (entry += text);
  const log = createLog({ write, level: () => 'debug', now: () => new Date(0) });
  logNotice(log, notice, RUNNING);
  expect(load(entry)).toMatchObject({ severity, event, ...what });
  expect(LOGS_PAGE).toMatch(new RegExp(`^\\| \`${event}\` +\\| ${severity} +\\|`, 'm'));
});

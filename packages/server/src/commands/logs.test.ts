import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { berthdFolder } from '../testing/berthd.ts';
import { printed, printedJson } from '../testing/printed.ts';

test('shows what a server has logged, as YAML and as JSON, and keeps to what is asked for', async () => {
  const berthd = await berthdFolder();
  const server = await berthd.serve();
  const { request_id: id } = (await (await fetch(`${server.url}/nothing`)).json()) as {
    request_id: string;
  };
  server.child.kill();
  await server.ended;
  const all = await printed(berthd, 'logs');
  expect(all).toMatch(/^---\ntime: "[^"]+"\nseverity: \w+\nevent: \w+\n/);
  expect(all).toMatch(/event: serving\n[^]*event: stopped\n\.\.\.\n$/);
  const refused = await printed(berthd, 'logs', '--level', 'warn', '--since', '1h');
  expect(refused).toContain('event: request_refused');
  expect(refused).not.toContain('severity: info');
  expect(await printedJson(berthd, 'logs', '--request', id)).toMatchObject({
    event: 'request_refused',
    path: '/nothing',
  });
  const found = await printed(berthd, 'logs', '--grep', '/NOTHING');
  expect(found.match(/^event: .*/gm)).toEqual(['event: request_refused']);
  expect(
    await printed(berthd, 'logs', '--event', 'stopped', '--until', '2026-01-01T00:00:00Z'),
  ).toBe('');
  expect((await printed(berthd, 'logs', '-n', '1')).match(/^event: .*/gm)).toEqual([
    'event: stopped',
  ]);
});

test('follows what a running server logs, until Ctrl-C', async () => {
  const berthd = await berthdFolder();
  const server = await berthd.serve();
  const follower = berthd.start(['logs', '--follow', '--event', 'request_refused']);
  for (const path of ['first', 'second']) {
    // How soon it listens nobody can say; what it has missed it reads.
    await fetch(`${server.url}/${path}`);
    await follower.printed(new RegExp(`path: /${path}\n`));
  }
  follower.child.kill('SIGINT');
  expect(await follower.ended).toMatchObject({ code: 0, stderr: '' });
});

test('is read also while the files do not load, and wrong options are explained', async () => {
  const berthd = await berthdFolder();
  const server = await berthd.serve();
  server.child.kill();
  await server.ended;
  await berthd.write('users.yaml', 'broken');
  expect(await printed(berthd, 'logs')).toContain('event: serving');
  expect(await berthd.run(['logs', '--since', 'yesterday'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('how long ago, such as 30m'),
  });
});

test('a log that cannot be written stops nobody: it is told, and standard error has it', async () => {
  const berthd = await berthdFolder();
  await writeFile(join(berthd.directory, 'log'), 'a file in its place');
  const server = await berthd.serve();
  await server.printed(/event: log_not_written\n/);
  const health = (await (await fetch(`${server.url}/healthz`)).json()) as object;
  expect(health).toMatchObject({ status: 'degraded', log: { faulty: true } });
});

test('what ends a server badly is the last that its log says', async () => {
  const berthd = await berthdFolder();
  const code = 'process.on("SIGUSR2", () => { throw new Error("broken"); })';
  const breaking = `data:text/javascript,${encodeURIComponent(code)}`;
  const server = await berthd.serve({ env: { NODE_OPTIONS: `--import=${breaking}` } });
  server.child.kill('SIGUSR2');
  expect((await server.ended).code).not.toBe(0);
  expect(await readdir(join(berthd.directory, 'log'))).toEqual(['berthd.yaml']);
  const last = await printedJson(berthd, 'logs', '--level', 'critical');
  expect(last).toMatchObject({ event: 'crashed', error: { message: 'broken' } });
});

import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '@berth/contract';
import { expect, onTestFinished, test } from 'vitest';
import { bearer, testApp, type TestApp } from '../testing/test-app.ts';

const GUIDE = new URL('../../../../docs/monitoring.md', import.meta.url);

/** What Prometheus’ own tool says, with its exit code. */
function promtool(args: readonly string[], options: { input?: string; cwd?: string } = {}) {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, {
    encoding: 'utf8',
    ...options,
  });
  if (error !== undefined) {
    throw new Error('promtool does not run; install Debian’s prometheus.', { cause: error });
  }
  return { status, said: `${stdout}${stderr}` };
}

async function scrape(house: TestApp): Promise<string> {
  const answer = await house.app.inject({ url: '/metrics', headers: await house.login() });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toContain('version=0.0.4');
  return answer.body;
}

/** A house with a container whose names are as odd as they may be. */
async function busyHouse(): Promise<TestApp> {
  const house = await testApp();
  const alice = await house.user('alice', ['lab']);
  const headers = bearer(alice);
  await house.app.inject({
    method: 'POST',
    url: '/containers',
    headers,
    payload: { template: 'lab' },
  });
  await house.app.inject({ url: '/ping', headers });
  await house.app.inject({ url: '/nothing"\n here', headers });
  return house;
}

test('promtool finds nothing wrong with /metrics', async () => {
  const text = await scrape(await busyHouse());
  expect(promtool(['check', 'metrics'], { input: text })).toEqual({ status: 0, said: '' });
});

test('promtool would find something wrong', () => {
  const { status, said } = promtool(['check', 'metrics'], { input: 'berth_up{ 1\n' });
  expect([status, said]).toEqual([1, expect.stringContaining('error')]);
});

test('/metrics has what the server, the machine, the users and the containers do', async () => {
  const house = await busyHouse();
  const text = await scrape(house);
  for (const line of [
    'berth_engine_up 1',
    'berth_config_rejected 0',
    'berth_users{liveness="live"} 1',
    'berth_http_requests_total{route="/ping",method="GET",status="200"} 1',
    'berth_http_requests_total{route="",method="other",status="404"} 1',
    'berth_host_cpu_ratio 0.25',
    'berth_host_disk_available_bytes{holds="configuration,state,log"} 8000000000',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  expect(text).toMatch(/^berth_container_up\{id="[^"]+",container="lab",.*owner="alice"\} 1$/m);
  expect(text).toMatch(/^berth_container_memory_bytes\{.*\} 4194304$/m);
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
});

test('counters go on from scrape to scrape', async () => {
  const house = await busyHouse();
  const count = async (): Promise<number> =>
    Number(
      /status="200"\} (\d+)\n/.exec((await scrape(house)).split('route="/metrics"')[1] ?? '')?.[1],
    );
  await scrape(house);
  const before = await count();
  expect(await count()).toBe(before + 1);
});

test('with the engine down /metrics says so, and all the rest', async () => {
  const house = await busyHouse();
  house.faults.fail('containers', new Problem('engine_unavailable', 'No engine there.'));
  house.reject();
  const text = await scrape(house);
  expect(text).toContain('berth_engine_up 0\n');
  expect(text).toContain('berth_config_rejected 1\n');
  expect(text).not.toContain('berth_container_up');
  expect(promtool(['check', 'metrics'], { input: text }).status).toBe(0);
});

test('Prometheus takes the guide’s configuration and rules, whose metrics there are', async () => {
  const guide = await readFile(GUIDE, 'utf8');
  const folder = await mkdtemp(join(tmpdir(), 'berth-prometheus-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = [...guide.matchAll(/^```text\n# (\S+\.yml)\n([^]*?)^```/gm)];
  expect(files.map(([, name]) => name)).toEqual(['prometheus.yml', 'berth.rules.yml']);
  for (const [, name = '', text = ''] of files) {
    // Where it lies is the reader's affair.
    await writeFile(
      join(folder, name),
      text.replace(/\n.*credentials_file:.*/, ' {credentials: x}'),
    );
  }
  const { status, said } = promtool(['check', 'config', 'prometheus.yml'], { cwd: folder });
  expect([status, said]).toEqual([0, expect.stringContaining('9 rules found')]);

  const metrics = await scrape(await busyHouse());
  const named = new Set(guide.match(/\bberth_[a-z0-9_]+[a-z0-9]/g));
  // Neither is there over plain HTTP and without a health check.
  for (const absent of ['berth_certificate_expiry_timestamp_seconds', 'berth_container_healthy']) {
    expect(named.delete(absent)).toBe(true);
  }
  for (const name of named) expect(metrics).toMatch(new RegExp(`^# TYPE ${name}`, 'm'));
});

import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Health, ProblemBody } from '@berth/contract';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHouse } from '../support/house.ts';
import { logIn } from '../support/login.ts';
import { send } from '../support/send.ts';

let house: Awaited<ReturnType<typeof openHouse>>;

beforeAll(async () => {
  house = await openHouse({ templates: '  lab: {image: IMAGE}' });
});

afterAll(() => house.close());

interface Entry {
  readonly event: string;
  readonly severity: string;
}

const entries = (): Entry[] =>
  loadAll(house.said().replace(/^berthd .*\n/, '')).filter((entry) => entry !== null) as Entry[];

/** How many entries a caller makes us write who has this text in everything that they send. */
async function entriesOf(words: string): Promise<number> {
  const before = entries().length;
  await logIn(house.url, words, words);
  await send(house.url, `/${encodeURIComponent(words)}`);
  await send(house.url, '/enroll', { method: 'POST', body: { [words]: words } });
  const { body } = await send(house.url, '/enroll', { method: 'POST', body: words });
  const { request_id: id } = JSON.parse(body) as ProblemBody;
  await expect.poll(house.said).toContain(id);
  return entries().length - before;
}

test('N/U: log forging', async () => {
  const forged = 'x\n---\nseverity: fake\nevent: fake\n...\n';
  expect(await entriesOf(forged)).toBe(await entriesOf('an honest text'));
  const isFake = ({ event, severity }: Entry): boolean => event === 'fake' || severity === 'fake';
  expect(entries().filter(isFake)).toEqual([]);
  expect(entries().filter(({ event }) => event === 'request_refused')).toHaveLength(8);
});

test('D/B: YAML bombs, __proto__, cyclic anchors', async () => {
  const health = async (): Promise<Health> =>
    JSON.parse((await send(house.url, '/healthz')).body) as Health;
  const good = (await health()).config.revision;
  const layers = Array.from({ length: 9 }, (_, n) => {
    const below = Array.from({ length: 9 }, () => `*layer${n}`).join(', ');
    return `layer${n + 1}: &layer${n + 1} [${below}]`;
  });
  const bombs = {
    bomb: `version: 1\nlayer0: &layer0 [x]\n${layers.join('\n')}\n...\n`,
    proto: 'version: 1\nusers: {__proto__: {username: eve}}\n...\n',
    cyclic: 'version: 1\nusers: &a {x: *a}\n...\n',
    deep: `version: 1\nusers: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n...\n`,
  };
  for (const [name, bomb] of Object.entries(bombs)) {
    const told = entries().filter(({ event }) => event === 'config_rejected').length;
    await writeFile(join(house.directory, 'users.yaml'), bomb);
    await expect
      .poll(() => entries().filter(({ event }) => event === 'config_rejected').length, {
        timeout: 20_000,
      })
      .toBe(told + 1);
    expect([name, (await health()).config]).toEqual([name, { revision: good, rejected: true }]);
  }
  await writeFile(join(house.directory, 'users.yaml'), 'version: 1\nusers: {}\n...\n');
});

test('N: slowloris, big bodies, bombs', async () => {
  const port = Number(new URL(house.url).port);
  const head = 'POST /enroll HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  // A hundred that say no more: others are served all the same.
  const slow = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'));
  for (const socket of slow) socket.on('error', () => {}).write(head);
  expect((await send(house.url, '/healthz')).status).toBe(200);
  for (const socket of slow) socket.destroy();

  const big = connect(port, '127.0.0.1').on('error', () => {});
  await once(big, 'connect');
  big.write(`${head}Content-Length: ${100 * 1024 * 1024}\r\n\r\n`);
  // The answer comes before the body is sent.
  expect(await text(big)).toMatch(/^HTTP\/1.1 413 [^]*"code":"payload_too_large"/);
});

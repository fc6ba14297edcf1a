import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivateEngine, type PrivateEngine } from '@berth/testbed';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openHouse } from './support/house.ts';
import { inside } from './support/inside.ts';

let parent: string;
let engine: PrivateEngine;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'b-'));
  engine = await startPrivateEngine({ directory: join(parent, 'e'), diskMegabytes: 64 });
});

afterAll(async () => {
  await engine.stop();
  await rm(parent, { recursive: true });
});

test('a full disk refuses new starts, and lets go of what runs', async () => {
  const house = await openHouse({
    engine,
    templates: `
  lab: {image: IMAGE, volumes: [{name: scratch, target: /scratch}]}
  other: {image: IMAGE, volumes: [{name: more, target: /more}]}`,
  });
  onTestFinished(house.close);
  const alice = await house.user('alice', ['lab', 'other']);
  expect((await alice.berth('start', 'lab')).code).toBe(0);
  const { id } = await alice.container('lab');
  const filled = await inside(engine.docker, id, 'cat /dev/zero > /scratch/fill');
  expect(filled).toMatch(/no space left/i);

  const refused = await alice.berth('start', 'other');
  expect(refused.code, refused.stdout).toBe(1);
  expect(refused.stderr).toMatch(/disk is full/);
  const filters = { label: [`io.berth.instance=${house.prefix}`] };
  expect(await engine.docker.listContainers({ all: true, filters })).toHaveLength(1);

  const stopped = await alice.berth('stop', 'lab', '--yes');
  expect(stopped.code, stopped.stderr).toBe(0);
  const again = await alice.berth('start', 'other');
  expect(again.code, again.stderr).toBe(0);
});

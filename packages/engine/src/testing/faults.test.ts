import { Problem } from '@berth/contract';
import { expect, test } from 'vitest';
import { createMemoryEngine } from '../memory/engine.ts';
import { withFaults } from './faults.ts';
import { createMaker } from './fixture.ts';
import { never } from './nothing.ts';

const volume = { name: 'a', labels: {} };
const { spec: specOf } = createMaker({
  engine: createMemoryEngine(),
  image: 'a:1',
  prefix: 'faults',
  subnet: () => '',
});
const lost = new Problem('engine_timeout', 'No answer.', { details: { outcome: 'unknown' } });

test('a call that fails does nothing, and the next one works', async () => {
  const { engine, faults } = withFaults(createMemoryEngine());
  faults.fail('createVolume', lost);
  await expect(engine.createVolume(volume)).rejects.toBe(lost);
  await expect(engine.volumes({})).resolves.toEqual([]);
  await engine.createVolume(volume);
});

test('a call whose answer is lost has done its work', async () => {
  const { engine, faults } = withFaults(createMemoryEngine());
  faults.loseAnswer('createVolume', lost);
  await expect(engine.createVolume(volume)).rejects.toBe(lost);
  await expect(engine.volumes({})).resolves.toEqual([volume]);
});

test('a call that is held has done nothing until it is released', async () => {
  const { engine, faults } = withFaults(createMemoryEngine());
  const held = faults.hold('createVolume');
  const creation = engine.createVolume(volume);
  await held.reached;
  await expect(engine.volumes({})).resolves.toEqual([]);
  held.release();
  await creation;
  await expect(engine.volumes({})).resolves.toEqual([volume]);
});

test('faults of one operation strike one call each, in the order in which they were set', async () => {
  const { engine, faults } = withFaults(createMemoryEngine());
  const other = new Error('another');
  faults.fail('version', lost);
  faults.fail('version', other);
  await expect(engine.version()).rejects.toBe(lost);
  await expect(engine.version()).rejects.toBe(other);
  await expect(engine.version()).resolves.toBe('memory');
  engine.close();
});

test('streams that are open break off at once, with what came before; later ones do not', async () => {
  const memory = createMemoryEngine({ images: ['a:1'] });
  const { engine, faults } = withFaults(memory);
  const signal = never();
  faults.fail('events', lost);
  await expect(engine.events({}, signal)).rejects.toBe(lost);

  const id = await engine.createContainer(specOf());
  await engine.startContainer(id);
  const log = (await engine.logs(id, { follow: true }, signal))[Symbol.asyncIterator]();
  memory.print(id, 'stdout', 'one\n');
  await expect(log.next()).resolves.toMatchObject({ value: { text: 'one\n' } });
  const next = log.next();
  faults.breakOff('logs', lost);
  await expect(next).rejects.toBe(lost);
  await expect(
    Array.fromAsync(await engine.logs(id, { follow: false }, signal)),
  ).resolves.toHaveLength(1);
});

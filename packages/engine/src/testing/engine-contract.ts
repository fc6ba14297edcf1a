import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { containerPromises } from './container-promises.ts';
import { eventPromises } from './event-promises.ts';
import { createMaker, type EngineFixture, type Subject } from './fixture.ts';
import { imagePromises } from './image-promises.ts';
import { logPromises } from './log-promises.ts';
import { networkPromises } from './network-promises.ts';
import { observationPromises } from './observation-promises.ts';
import { volumePromises } from './volume-promises.ts';

export type { EngineFixture } from './fixture.ts';

/** Tests that an adapter keeps every promise of the `Engine` port. */
export function engineContract(name: string, makeEngine: () => Promise<EngineFixture>): void {
  describe(`${name} keeps the engine’s promises`, () => {
    let subject: Subject | undefined;
    const get = (): Subject => {
      if (subject === undefined) throw new Error('The engine was not made.');
      return subject;
    };
    beforeAll(async () => {
      const fixture = await makeEngine();
      subject = { fixture, make: createMaker(fixture) };
    });
    afterEach(() => subject?.fixture.clear());
    afterAll(async () => {
      subject?.fixture.engine.close();
      await subject?.fixture.close();
    });

    test('it says its version', async () => {
      await expect(get().fixture.engine.version()).resolves.toMatch(/./);
    });
    test('it tells what it runs on', async () => {
      const { engine } = get().fixture;
      const { version, operatingSystem, cpus, memoryBytes } = await engine.info();
      expect(version).toBe(await engine.version());
      expect(operatingSystem).toMatch(/./);
      expect(cpus).toBeGreaterThan(0);
      expect(memoryBytes).toBeGreaterThan(0);
    });
    describe('images', () => imagePromises(get));
    describe('containers', () => containerPromises(get));
    describe('observations', () => observationPromises(get));
    describe('logs', () => logPromises(get));
    describe('events', () => eventPromises(get));
    describe('networks', () => networkPromises(get));
    describe('volumes', () => volumePromises(get));
  });
}

import { expect, test } from 'vitest';
import { testArena } from '../testing/arena.ts';
import { LOSSES } from './lost-fsync.ts';
import { cutPowerAgain, expectNoDamage } from './power-cut.ts';

test('power cuts tear nothing and lose nothing that was acknowledged', async () => {
  await expectNoDamage(await testArena(), 10);
});

// Or the test above would show nothing.
test.each(LOSSES)('without the fsync of $loss.of in the $loss.where they do', async (expected) => {
  const { loss, damage } = expected;
  const options = { cuts: 2, editors: 1, moment: 'acknowledged', loss } as const;
  const found = await cutPowerAgain(await testArena(), options);
  expect(found[damage]).toHaveLength(2);
});

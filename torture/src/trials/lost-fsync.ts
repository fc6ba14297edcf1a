import type { Arena } from '../arena.ts';
import type { Loss } from '../disks.ts';
import { cutPowerAgain, type Damage } from './power-cut.ts';

interface Notice {
  readonly loss: Loss;
  /** What comes of it. */
  readonly damage: Exclude<keyof Damage, 'acknowledged'>;
}

/**
 * What a power cut does where one fsync is taken out. Not among them: the names in `history/`. On ext4
 * the next fsync of a file makes them durable, too.
 */
export const LOSSES: readonly Notice[] = [
  { loss: { of: 'bytes', where: 'configuration' }, damage: 'torn' },
  { loss: { of: 'names', where: 'configuration' }, damage: 'lost' },
  { loss: { of: 'bytes', where: 'history' }, damage: 'amiss' },
];

/** Takes one fsync after the other out, and throws where the power cuts then do no damage. */
export async function noticeLosses(arena: Arena, cuts: number): Promise<string> {
  const stories: string[] = [];
  for (const { loss, damage } of LOSSES) {
    const found = await cutPowerAgain(arena, { cuts, editors: 1, moment: 'acknowledged', loss });
    const { length } = found[damage];
    if (length === 0)
      throw new Error(`Without the fsync of ${loss.of} in the ${loss.where}, nothing happens`);
    stories.push(`${loss.of} of the ${loss.where}: ${length} ${damage}`);
  }
  return `of ${cuts} cuts each without the fsync of ${stories.join('; ')}`;
}

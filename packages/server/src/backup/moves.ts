import { join } from 'node:path';
import { writeNewFile, type Disk } from '@berth/config';
import { Type, type Static } from 'typebox';

/** A file or a folder that is to be replaced as a whole. */
export const Move = Type.Object(
  {
    target: Type.String(),
    /** What comes, beside the target; null where nothing is to stand there. */
    incoming: Type.Union([Type.String(), Type.Null()]),
    /** Where what stood there goes, beside the target. */
    outgoing: Type.String(),
  },
  { additionalProperties: false },
);
export type Move = Static<typeof Move>;

/** Makes a folder ready to come, durably but for its own name. */
export async function makeFolderReady(disk: Disk, from: string, { incoming }: Move): Promise<void> {
  if (incoming === null) return;
  await disk.makeFolder(incoming);
  for (const name of await disk.list(from)) {
    await writeNewFile(disk, join(incoming, name), [await disk.read(join(from, name))], undefined);
  }
  await disk.syncFolder(incoming);
}

/** Makes a file ready to come that keeps the mode and the owner of the one it replaces. */
export async function makeFileReady(
  disk: Disk,
  from: string,
  { target, incoming }: Move,
): Promise<void> {
  if (incoming === null) return;
  const stamp = await disk.stat(target);
  const replaced = stamp && { path: target, stamp };
  await writeNewFile(disk, incoming, [await disk.read(from)], replaced);
}

/** Lets come what comes and go what goes. What was done already by a process that was killed stays. */
export async function carryOut(disk: Disk, moves: readonly Move[]): Promise<void> {
  for (const { target, incoming, outgoing } of moves) {
    const isDone =
      incoming === null
        ? (await disk.stat(outgoing)) !== undefined
        : (await disk.stat(incoming)) === undefined;
    if (isDone) continue;
    if ((await disk.stat(target)) !== undefined) await disk.rename(target, outgoing);
    if (incoming !== null) await disk.rename(incoming, target);
  }
}

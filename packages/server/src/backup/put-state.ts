import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, replaceFile } from '@berth/config';
import { unlessMissing } from '../missing.ts';
import { STATE_FOLDERS } from '../state-folders.ts';
import { SECRETS } from './collect.ts';
import { syncFolder } from './sync-folder.ts';

/** Secrets and state that were replaced, and can still be had back. */
export interface PutState {
  undo(): Promise<void>;
  /** Forgets what was replaced. */
  finish(): Promise<void>;
}

/**
 * Makes secrets and state those of an unpacked backup. Folders of state are made ready beside the old
 * ones and change places with them. On failure all is as it was.
 *
 * @param stage where the backup was unpacked
 */
export async function putState(
  stage: string,
  directory: string,
  stateDirectory: string,
): Promise<PutState> {
  const places = STATE_FOLDERS.map((folder) => ({
    from: join(stage, 'state', folder),
    target: join(stateDirectory, folder),
    incoming: join(stateDirectory, `.${folder}.incoming`),
    outgoing: join(stateDirectory, `.${folder}.outgoing`),
  }));
  const secrets = join(directory, SECRETS);
  const undoing: (() => Promise<void>)[] = [];
  const undo = async (): Promise<void> => {
    for (const step of undoing.toReversed()) await step();
    for (const { incoming } of places) await rm(incoming, { recursive: true, force: true });
  };
  try {
    for (const { from, incoming } of places) await makeReady(from, incoming);
    for (const { target, incoming, outgoing } of places) {
      await rm(outgoing, { recursive: true, force: true });
      const isOld = (await unlessMissing(rename(target, outgoing).then(() => true))) === true;
      undoing.push(async () => {
        await rm(target, { recursive: true, force: true });
        if (isOld) await rename(outgoing, target);
      });
      await rename(incoming, target);
    }
    await syncFolder(stateDirectory);
    const old = await readText(secrets);
    await putText(secrets, await readText(join(stage, 'config', SECRETS)));
    undoing.push(() => putText(secrets, old));
  } catch (error) {
    await undo();
    throw error;
  }
  return {
    undo,
    finish: async () => {
      for (const { outgoing } of places) await rm(outgoing, { recursive: true, force: true });
    },
  };
}

async function makeReady(from: string, incoming: string): Promise<void> {
  await rm(incoming, { recursive: true, force: true });
  await makeFolder(incoming);
  for (const name of (await unlessMissing(readdir(from))) ?? []) {
    await replaceFile(join(incoming, name), await readFile(join(from, name), 'utf8'));
  }
}

const readText = (path: string): Promise<string | undefined> =>
  unlessMissing(readFile(path, 'utf8'));

async function putText(path: string, text: string | undefined): Promise<void> {
  if (text === undefined) await rm(path, { force: true });
  else await replaceFile(path, text);
}

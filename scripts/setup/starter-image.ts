import { join } from 'node:path';
import { Problem } from '@berth/contract';
import type Docker from 'dockerode';
import { baseImage } from './base-image.ts';
import { CHECKOUT } from './checkout.ts';
import { tail } from './commands.ts';
import { hasImage, withArchive } from './engine-images.ts';
import { tell } from './report.ts';

/** What the template of a new configuration runs; images/shell is its source. */
export const STARTER_IMAGE = 'berth/shell:1';

/** Builds the starter image where the engine does not have it. */
export async function ensureStarterImage(docker: Docker): Promise<void> {
  if (await hasImage(docker, STARTER_IMAGE)) {
    tell('Starter image', `${STARTER_IMAGE} is there`);
    return;
  }
  const base = await baseImage(docker);
  tell('Starter image', `building ${STARTER_IMAGE} on ${base} …`);
  // What is in the image must not depend on the umask with which the checkout was made.
  const options = ['--mode=u+rwX,go+rX,go-w', '--owner=0', '--group=0', '--numeric-owner'];
  const build = { t: STARTER_IMAGE, buildargs: { BASE: base }, rm: true, forcerm: true };
  try {
    await withArchive(docker, options, join(CHECKOUT, 'images/shell'), (archive) =>
      docker.buildImage(archive, build),
    );
  } catch (error) {
    throw new Problem(
      'image_unavailable',
      `${STARTER_IMAGE} could not be built:\n${tail(error instanceof Error ? error.message : '')}`,
      { cause: error },
    );
  }
  tell('Starter image', `built ${STARTER_IMAGE}`);
}

import { Problem, type StartEvent } from '@berth/contract';
import { LABEL } from './labels.ts';
import type { Plan } from './plan.ts';
import type { ContainerSpec, Engine, EngineId, VolumeMount } from './port.ts';

/** What a start is doing, as it goes along. */
export type StartProgress = Exclude<StartEvent, { event: 'done' } | { event: 'failed' }>;

/** Has the image present, fetched as the template says. */
export async function ensureImage(
  engine: Engine,
  { pull, container: { image } }: Plan,
  onProgress: (progress: StartProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  if (pull !== 'always' && (await engine.hasImage(image))) return;
  if (pull === 'never') {
    throw new Problem(
      'image_unavailable',
      `The image ${image} is not on the server, and its template says never to pull it. Ask your admin to provide it.`,
    );
  }
  throwIfCancelled(signal);
  onProgress({ event: 'pulling', image });
  await engine.pull(image, (layer) => onProgress({ event: 'layer', ...layer }), signal);
}

/**
 * Makes the volumes that are not there yet.
 *
 * @param made gets the name of each, also of those before one that failed
 */
export async function ensureVolumes(
  engine: Engine,
  instance: string,
  mounts: readonly VolumeMount[],
  made: string[],
): Promise<void> {
  if (mounts.length === 0) return;
  const existing = await engine.volumes({ [LABEL.instance]: instance });
  for (const { volume, labels } of mounts) {
    const same = existing.find(({ name }) => name === volume);
    if (same === undefined) {
      await engine.createVolume({ name: volume, labels });
      made.push(volume);
    } else if (same.labels[LABEL.owner] !== labels[LABEL.owner]) {
      // A former user of the same name: their files are not this user's to see.
      throw new Problem(
        'name_taken',
        `The engine already has a volume called ${volume} that belongs to somebody else. Ask your admin to remove or rename it.`,
      );
    }
  }
}

/** Creates the container; where the answer is lost, its name tells whether it was made. */
export async function createOnce(engine: Engine, spec: ContainerSpec): Promise<EngineId> {
  try {
    return await engine.createContainer(spec);
  } catch (error) {
    if (!isOutcomeUnknown(error)) throw error;
    const made = await engine.containerNamed(spec.name);
    if (made === undefined || made.labels[LABEL.id] !== spec.labels[LABEL.id]) throw error;
    return made.id;
  }
}

/** Whether the engine may have done what was asked although no answer came. */
function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof Problem && error.details['outcome'] === 'unknown';
}

export function throwIfCancelled(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new Problem('cancelled', 'The start was cancelled; nothing is left of it.');
}

import type { LayerProgress } from '@berth/contract';
import { expect, test } from 'vitest';
import type { Subject } from './fixture.ts';
import { expectProblem } from './expect-problem.ts';
import { never } from './nothing.ts';

const ignore = () => undefined;

export function imagePromises(get: () => Subject): void {
  test('it knows which images are present', async () => {
    const { engine, image, pullableImage, missingImage } = get().fixture;
    await expect(engine.hasImage(image)).resolves.toBe(true);
    await expect(engine.hasImage(pullableImage)).resolves.toBe(false);
    await expect(engine.hasImage(missingImage)).resolves.toBe(false);
    await expect(engine.hasImage('../containers/json?all=1&x=')).resolves.toBe(false);
  });

  test('a pull ends with the image present, having told of every layer to its end', async () => {
    const { engine, pullableImage } = get().fixture;
    const heard: LayerProgress[] = [];
    await engine.pull(pullableImage, (progress) => heard.push(progress), never());

    await expect(engine.hasImage(pullableImage)).resolves.toBe(true);
    const last = new Map(heard.map((progress) => [progress.layer, progress]));
    expect(last.size).toBeGreaterThan(0);
    for (const { status, current, total } of last.values()) {
      expect(status).toBe('done');
      expect(total).toBeGreaterThan(0);
      expect(current).toBe(total);
    }
    expect(heard.map(({ status }) => status)).toEqual(
      expect.arrayContaining(['waiting', 'downloading', 'extracting']),
    );
  });

  test('pulling what is present already succeeds', async () => {
    const { engine, pullableImage } = get().fixture;
    await engine.pull(pullableImage, ignore, never());
    await engine.pull(pullableImage, ignore, never());
    await expect(engine.hasImage(pullableImage)).resolves.toBe(true);
  });

  test('pulling what the registry does not have is image_unavailable', async () => {
    const { engine, missingImage } = get().fixture;
    await expectProblem(engine.pull(missingImage, ignore, never()), 'image_unavailable');
  });

  test('pulling what is no image’s name is image_unavailable', async () => {
    const { engine } = get().fixture;
    await expectProblem(engine.pull('Not//an?image', ignore, never()), 'image_unavailable');
  });

  test('a pull that is cancelled before it begins does not begin', async () => {
    const { engine, pullableImage } = get().fixture;
    await expectProblem(engine.pull(pullableImage, ignore, AbortSignal.abort()), 'cancelled');
    await expect(engine.hasImage(pullableImage)).resolves.toBe(false);
  });

  test('a pull that is cancelled on its way ends at once', async () => {
    const { engine, pullableImage } = get().fixture;
    const stop = new AbortController();
    await expectProblem(
      engine.pull(pullableImage, () => stop.abort(), stop.signal),
      'cancelled',
    );
    // What the engine had begun may be there or not: only the answer is promised.
  });
}

import { Problem, type LayerProgress } from '@berth/contract';
import type { DockerApi } from './api.ts';
import { explain, timedOut, translate } from './errors.ts';
import { jsonLines } from './json-lines.ts';
import { isReference, withTag } from './names.ts';
import { createLayers, type PullLine } from './progress.ts';

/** What a pull needs of the adapter. */
export interface PullContext {
  readonly host: string;
  /** Milliseconds without a word from the engine, after which it counts as hung. */
  readonly stallMs: number;
  api(): Promise<DockerApi>;
}

/**
 * Has the engine fetch an image, to the end of the engine’s answer: whether the image is there then is
 * another question. The engine stops fetching when the connection ends.
 */
export async function pullImage(
  context: PullContext,
  reference: string,
  onProgress: (progress: LayerProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const { host, stallMs } = context;
  const question = { operation: 'pull', host, subject: reference } as const;
  const cancelled = () =>
    new Problem('cancelled', `Fetching the image ${reference} was cancelled.`);
  if (signal.aborted) throw cancelled();
  if (!isReference(reference)) {
    const reason = 'this is not an image’s name';
    throw explain(question, { status: 400, reason }, new Error(reason));
  }

  const stop = new AbortController();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (problem: Problem) => {
    reject(problem);
    stop.abort();
  };
  const cancel = () => end(cancelled());
  const stalled = setTimeout(() => end(timedOut(host, stallMs)), stallMs);
  signal.addEventListener('abort', cancel, { once: true });

  const read = async () => {
    const api = await context.api();
    const answer = await api.createImage({
      _query: { fromImage: withTag(reference) },
      _body: {},
      abortSignal: stop.signal,
    });
    const progressOf = createLayers();
    for await (const document of jsonLines(answer)) {
      stalled.refresh();
      const line = document as PullLine;
      if (line.error !== undefined) {
        throw explain(question, { status: 200, reason: line.error }, new Error(line.error));
      }
      const progress = progressOf(line);
      if (progress !== undefined) onProgress(progress);
    }
  };
  try {
    await Promise.race([read(), ended]);
  } catch (error) {
    throw translate(question, error);
  } finally {
    clearTimeout(stalled);
    signal.removeEventListener('abort', cancel);
  }
}

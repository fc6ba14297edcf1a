import type { Engine, EngineId, LogEntry } from '../port.ts';
import { unless, type Call } from './call.ts';
import { brokenOff } from './errors.ts';
import { framesOf, type Frame } from './frames.ts';
import { checkedId } from './names.ts';
import type { Stream } from './stream.ts';

export function logCalls(host: string, call: Call, stream: Stream): Pick<Engine, 'logs'> {
  /** When it was started, where it runs: of a container that was restarted another time. */
  const runOf = async (id: EngineId): Promise<string | undefined> => {
    const inspection = await call('logs', id, (docker, abortSignal) =>
      unless([404], docker.getContainer(checkedId(id)).inspect({ abortSignal })),
    );
    return inspection?.State.Running === true ? inspection.State.StartedAt : undefined;
  };

  /** An engine that stops ends its answer as if the container had ended. */
  async function* toItsEnd(
    entries: AsyncIterable<LogEntry>,
    id: EngineId,
    run: string | undefined,
  ): AsyncGenerator<LogEntry> {
    yield* entries;
    if (run !== undefined && (await runOf(id)) === run) throw brokenOff(host);
  }

  return {
    async logs(id, { tail, since, follow }, signal) {
      const run = follow ? await runOf(id) : undefined;
      const query = {
        stdout: true,
        stderr: true,
        timestamps: true,
        follow,
        tail: tail ?? 'all',
        since: (since?.getTime() ?? 0) / 1000,
      } as const;
      return stream(
        'logs',
        id,
        (docker, abortSignal) =>
          docker.getContainer(checkedId(id)).logs({ follow: true, _query: query, abortSignal }),
        (answer) => toItsEnd(entriesOf(framesOf(answer as AsyncIterable<Buffer>)), id, run),
        signal,
      );
    },
  };
}

/** A frame begins with the time at which it was printed, and a blank. */
async function* entriesOf(frames: AsyncIterable<Frame>): AsyncGenerator<LogEntry> {
  for await (const { stream, bytes } of frames) {
    const blank = Math.max(bytes.indexOf(' '), 0);
    const time = new Date(bytes.toString('latin1', 0, blank));
    if (Number.isNaN(time.getTime())) {
      throw new Error('The engine’s answer has a line without a time');
    }
    yield { stream, time, text: bytes.toString('utf8', blank + 1) };
  }
}

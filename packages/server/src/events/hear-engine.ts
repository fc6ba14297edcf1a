import { Problem } from '@berth/contract';

/** Hears what the engine tells, over one stream at a time. */
export interface EngineHearing {
  /** Opens a stream where none is open. Never rejects. */
  open(): Promise<void>;
  end(): void;
}

/**
 * @param options.onEvent something happened, or may have
 * @param options.onBreak there is no stream, or no more, until the next one is opened
 * @param options.onFault is told what went wrong that no engine is known to do
 */
export function hearEngine(options: {
  readonly events: (signal: AbortSignal) => Promise<AsyncIterable<unknown>>;
  readonly onEvent: () => void;
  readonly onBreak: () => void;
  readonly onFault: (error: unknown) => void;
}): EngineHearing {
  const { events, onEvent, onBreak, onFault } = options;
  const ending = new AbortController();
  let isOpen = false;
  return {
    open: async () => {
      if (isOpen) return;
      isOpen = true;
      try {
        const stream = await events(ending.signal);
        // What happened while there was none.
        onEvent();
        for await (const _ of stream) onEvent();
      } catch (error) {
        if (!(error instanceof Problem)) onFault(error);
      }
      isOpen = false;
      if (!ending.signal.aborted) onBreak();
    },
    end: () => {
      ending.abort();
    },
  };
}

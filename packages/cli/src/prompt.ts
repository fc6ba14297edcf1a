import { Problem } from '@berth/contract';
import type { OutputStream } from './output.ts';

export interface Prompt {
  /** Whether there is a person to ask. */
  readonly isTerminal: boolean;
  /** Asks a yes-or-no question; anything but yes is no. Throws `cancelled` on Ctrl-C. */
  confirm(question: string): Promise<boolean>;
}

export interface PromptOptions {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stderr: OutputStream;
  readonly signal: AbortSignal;
}

/** Asks on the terminal in its own line mode, where Ctrl-C is still a signal. */
export function createPrompt({ stdin, stderr, signal }: PromptOptions): Prompt {
  return {
    isTerminal: stdin.isTTY === true && stderr.isTTY === true,
    confirm: async (question) => {
      stderr.write(`${question} [y/N] `);
      return /^y(es)?$/i.test((await readLine(stdin, signal)).trim());
    },
  };
}

/** One line, or what there is of it at the end of the input. */
function readLine(stdin: NodeJS.ReadableStream, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = '';
    const finish = (settle: () => void): void => {
      stdin.off('data', onData).off('end', onEnd).pause();
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const onEnd = (): void => finish(() => resolve(line));
    const onAbort = (): void => finish(() => reject(new Problem('cancelled', 'Cancelled.')));
    const onData = (chunk: string | Buffer): void => {
      line += chunk.toString();
      if (line.includes('\n')) onEnd();
    };
    stdin.on('data', onData).on('end', onEnd);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createApiClient } from '@berth/api-client';
import { createNodeTransport } from '@berth/api-client/node';
import { Problem } from '@berth/contract';
import { COMMANDS } from './commands/index.ts';
import { createContextStore } from './context-store.ts';
import { createOutput, type Output, type OutputStream } from './output.ts';
import { runProgram, type GlobalOptions } from './program.ts';
import { createPrompt } from './prompt.ts';
import { report } from './report.ts';
import type { Session } from './session.ts';
import { styled } from './text.ts';

/** What `berth` gets from the process it is. */
export interface Surroundings {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly hostname: string;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Between two looks at a pending enrolment, in milliseconds. */
  readonly pollInterval: number;
}

/** Runs one command line and returns the exit code. Never throws. */
export async function runCli(surroundings: Surroundings): Promise<number> {
  const { argv, stdout } = surroundings;
  const output = createOutput(surroundings);
  // Known before anything can fail, also when it is the command line that is wrong.
  const isVerbose = argv.some((word) => word === '-v' || word === '--verbose');
  try {
    await runProgram(argv, {
      commands: COMMANDS,
      write: (text) => {
        stdout.write(text);
      },
      execute: (command, input, options) =>
        command.run(createSession(surroundings, output, options), input),
    });
    return 0;
  } catch (error) {
    return report(error, output, isVerbose);
  }
}

function createSession(
  { env, stdin, stderr, hostname, signal, pollInterval }: Surroundings,
  output: Output,
  { server }: GlobalOptions,
): Session {
  const now = (): Date => new Date();
  return {
    output,
    prompt: createPrompt({ stdin, stderr, signal }),
    contexts: createContextStore({
      directory: configDirectory(env),
      now,
      warn: (message) => output.tell([styled('yellow', 'Warning:'), ` ${message}`]),
    }),
    wanted: server ?? (env['BERTH_SERVER'] === '' ? undefined : env['BERTH_SERVER']),
    connect: (address, credential) =>
      createApiClient({
        transport: createNodeTransport({ server: address }),
        signal,
        ...(credential === undefined ? {} : { credential }),
      }),
    hostname,
    now,
    elapsed: () => performance.now(),
    pause: async () => {
      await wait(pollInterval, undefined, { signal }).catch(() => {
        throw new Problem('cancelled', 'Cancelled.');
      });
    },
  };
}

/** The XDG specification tells to ignore a relative path. */
function configDirectory(env: Surroundings['env']): string {
  const configured = env['XDG_CONFIG_HOME'] ?? '';
  const base = isAbsolute(configured) ? configured : join(env['HOME'] ?? homedir(), '.config');
  return join(base, 'berth');
}

import { hostname } from 'node:os';
import { runCli } from './cli.ts';

/** As a shell reports a program that a broken pipe, or Ctrl-C, ended. */
const BROKEN_PIPE = 141;
const INTERRUPTED = 130;

const interrupt = new AbortController();
process.on('SIGINT', () => {
  // The first one ends what is under way in good order, the second one at once.
  if (interrupt.signal.aborted) process.exit(INTERRUPTED);
  interrupt.abort();
});
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // oxlint-disable-next-line no-process-exit -- nobody is left to tell
    process.exit(error.code === 'EPIPE' ? BROKEN_PIPE : 1);
  });
}

process.exitCode = await runCli({
  argv: process.argv.slice(2),
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  hostname: hostname(),
  signal: interrupt.signal,
  pollInterval: 1000,
});

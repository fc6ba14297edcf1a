import { resolve } from 'node:path';
import { VERSION } from '@berth/contract';
import { Command } from 'commander';
import { serve } from '../serve.ts';
import { configOption, jsonOption, type CommonOptions, type Output } from './options.ts';

export function serveCommand(output: Output): Command {
  return new Command('serve')
    .summary('run the server')
    .description(
      'Serves until SIGTERM or SIGINT. SIGHUP, like any change to the files, reads the configuration again. The log goes to standard error as YAML.',
    )
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options: CommonOptions) => {
      // Whoever read the log is gone: no reason to leave the users without a server.
      process.stderr.on('error', () => {});
      // Before anything else: a signal may come as soon as the server is known to answer.
      let reload = async (): Promise<void> => {};
      process.on('SIGHUP', () => void reload());
      const stopped = new Promise<void>((stop) => {
        const onSignal = (): void => {
          // A second signal then does what signals do by default: it ends the process.
          process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
          stop();
        };
        process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
      });
      const server = await serve({
        directory: resolve(options.config),
        writeLog: (entry) => process.stderr.write(entry),
      });
      reload = server.reload;
      if (options.json === true)
        output.json({ version: VERSION, url: server.url, pid: process.pid });
      else output.line(`berthd ${VERSION} serves ${server.url}`);
      await stopped;
      await server.close();
    });
}

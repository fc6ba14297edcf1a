import { resolve } from 'node:path';
import { VERSION } from '@berth/contract';
import { Command } from 'commander';
import { serve } from '../serve.ts';
import { createServiceManager } from '../service-manager.ts';
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
      // Node then ends the program by itself, and says on standard error why.
      process.on('uncaughtExceptionMonitor', server.crashed);
      const manager = createServiceManager(process.env, server.onUntold);
      const status = `Serves ${server.url}`;
      reload = async () => {
        manager.reloading();
        await server.reload();
        manager.ready(status);
      };
      if (options.json === true)
        output.json({ version: VERSION, url: server.url, pid: process.pid });
      else output.line(`berthd ${VERSION} serves ${server.url}`);
      manager.ready(status);
      await stopped;
      manager.stopping();
      await server.close();
    });
}

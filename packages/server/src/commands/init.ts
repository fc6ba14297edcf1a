import { resolve } from 'node:path';
import { commandLine, initConfig } from '@berth/config';
import { MainFile } from '@berth/contract';
import { Command, InvalidArgumentError } from 'commander';
import { Check } from 'typebox/value';
import {
  configOption,
  jsonOption,
  parseName,
  wholeNumber,
  type CommonOptions,
  type Output,
} from './options.ts';

interface InitOptions extends CommonOptions {
  readonly engineHost: string;
  readonly prefix: string;
  readonly port: number;
}

export function initCommand(output: Output): Command {
  return new Command('init')
    .summary('write a new configuration')
    .description(
      'Writes a new configuration that loads as it is, and shows the admin’s password once.',
    )
    .addOption(configOption())
    .addOption(jsonOption())
    .option(
      '--engine-host <url>',
      'where the engine answers',
      parseEngineHost,
      'unix:///var/run/docker.sock',
    )
    .option('--prefix <name>', 'first part of every name in the engine', parseName, 'berth')
    .option('--port <number>', 'port to serve on', parsePort, 8420)
    .action(async (options: InitOptions) => {
      const directory = resolve(options.config);
      const { adminPassword } = await initConfig({
        directory,
        engineHost: options.engineHost,
        prefix: options.prefix,
        port: options.port,
      });
      if (options.json === true) {
        output.json({ directory, username: 'admin', password: adminPassword });
        return;
      }
      output.line(`Wrote a new configuration to ${directory}.`);
      output.line('');
      output.line(`  Admin user:     admin`);
      output.line(`  Admin password: ${adminPassword}`);
      output.line('');
      output.line('The password is shown only now; only its hash was stored.');
      output.line(`Next: ${commandLine(directory, 'serve')}`);
    });
}

function parseEngineHost(text: string): string {
  if (Check(MainFile.properties.engine.properties.host, text)) return text;
  throw new InvalidArgumentError('It must be unix:///PATH or tcp://HOST:PORT.');
}

function parsePort(text: string): number {
  const port = wholeNumber(text);
  if (port !== undefined && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}

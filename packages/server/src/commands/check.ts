import { resolve } from 'node:path';
import { loadConfig } from '@berth/config';
import { Command } from 'commander';
import { configOption, type Output } from './options.ts';

export function checkCommand(output: Output): Command {
  return new Command('check')
    .summary('check the configuration')
    .description('Loads the configuration as the server would and tells every error in it.')
    .addOption(configOption())
    .action(async (options: { config: string }) => {
      const directory = resolve(options.config);
      const config = await loadConfig(directory);
      output.line(
        `${directory} is valid: ${config.templates.size} templates, ${config.accounts.size} users, ${config.accountOfClient.size} clients (revision ${config.revision}).`,
      );
    });
}

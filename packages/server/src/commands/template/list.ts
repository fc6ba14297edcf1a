import { resolve } from 'node:path';
import { commandLine, loadConfig } from '@berth/config';
import { Command } from 'commander';
import { configOption, jsonOption, type CommonOptions, type Output } from '../options.ts';
import { table } from '../table.ts';
import { templateView } from './view.ts';

export function listCommand(output: Output): Command {
  return new Command('list')
    .summary('show all templates')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options: CommonOptions) => {
      const config = await loadConfig(resolve(options.config));
      const templates = [...config.templates].map(([name, template]) =>
        templateView(config, name, template),
      );
      if (options.json === true) {
        output.json({ templates });
        return;
      }
      if (templates.length === 0) {
        output.line(
          `There are no templates. To add one: ${commandLine(config.directory, 'template', 'add', 'NAME', 'image=IMAGE')}`,
        );
        return;
      }
      const header = ['NAME', 'IMAGE', 'CPUS', 'MEMORY', 'USERS'];
      const rows = templates.map(({ name, template: { image, resources }, users }) => [
        name,
        image,
        String(resources.cpus),
        resources.memory,
        String(users.length),
      ]);
      for (const line of table(header, rows)) output.line(line);
    });
}

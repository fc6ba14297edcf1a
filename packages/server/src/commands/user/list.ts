import { resolve } from 'node:path';
import { commandLine, loadConfig } from '@berth/config';
import type { UserView } from '@berth/contract';
import { Command } from 'commander';
import { configOption, jsonOption, type CommonOptions, type Output } from '../options.ts';
import { table } from '../table.ts';
import { userView } from '../../accounts/user-view.ts';

export function listCommand(output: Output): Command {
  return new Command('list')
    .summary('show all users')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options: CommonOptions) => {
      const config = await loadConfig(resolve(options.config));
      const users = [...config.accounts.values()]
        .map((account) => userView(config, account))
        .toSorted((one, other) => (one.username < other.username ? -1 : 1));
      if (options.json === true) {
        output.json({ users });
        return;
      }
      if (users.length === 0) {
        output.line(
          `There are no users. To add one: ${commandLine(config.directory, 'user', 'add', 'NAME')}`,
        );
        return;
      }
      const header = ['NAME', 'UUID', 'CLIENTS', 'MAY START', 'RIGHTS', 'STATE'];
      for (const line of table(header, users.map(rowOf))) output.line(line);
    });
}

function rowOf(user: UserView): string[] {
  return [
    user.username,
    user.id,
    String(user.clients.length),
    user.templates.join(',') || '-',
    user.rights.join(',') || '-',
    user.disabled ? 'disabled' : 'active',
  ];
}

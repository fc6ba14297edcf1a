import { resolve } from 'node:path';
import { commandLine, findUser, loadConfig } from '@berth/config';
import { Command } from 'commander';
import { expiryText } from '../expiry.ts';
import { configOption, jsonOption, type CommonOptions, type Output } from '../options.ts';
import { table } from '../table.ts';
import { clientView } from '../../accounts/user-view.ts';

export function listCommand(output: Output): Command {
  return new Command('list')
    .summary('show the clients of all users, or of one')
    .argument('[user]', 'name or UUID')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (user: string | undefined, options: CommonOptions) => {
      const config = await loadConfig(resolve(options.config));
      const accounts =
        user === undefined
          ? [...config.accounts.values()].toSorted((a, b) => (a.username < b.username ? -1 : 1))
          : [findUser(config, user)];
      const clients = accounts.flatMap((account) =>
        Object.entries(account.clients).map(([id, client]) =>
          clientView(account.username, id, client),
        ),
      );
      if (options.json === true) {
        output.json({ clients });
        return;
      }
      if (clients.length === 0) {
        const grant = user === undefined ? 'NAME' : (accounts[0]?.username ?? 'NAME');
        output.line(
          `There are no clients. To let one in: ${commandLine(config.directory, 'enroll', 'invite', '--user', grant)}`,
        );
        return;
      }
      const now = new Date();
      const header = ['USER', 'CLIENT', 'UUID', 'CREATED', 'EXPIRES'];
      const rows = clients.map(({ user: owner, name, id, created, expires }) => [
        owner,
        name,
        id,
        created,
        expiryText(expires, now),
      ]);
      for (const line of table(header, rows)) output.line(line);
    });
}

import { findClient, findUser, type Config } from '@berth/config';
import type { Uuid, ClientView } from '@berth/contract';
import { Command } from 'commander';
import { ifRevisionOption } from '../if-revision.ts';
import { configOption, jsonOption } from '../options.ts';
import { clientView } from '../../accounts/user-view.ts';

/** A command that changes one client of a user, with what names the two. It is a part of the user. */
export function clientSubcommand(name: string, summary: string): Command {
  return new Command(name)
    .summary(summary)
    .argument('<user>', 'name or UUID')
    .argument('<client>', 'UUID, or name if no other client of theirs has it')
    .addOption(configOption())
    .addOption(jsonOption())
    .addOption(ifRevisionOption('user show'));
}

export interface Found {
  readonly userId: Uuid;
  readonly clientId: Uuid;
}

/** Finds what the arguments of such a command name. */
export function findBoth(config: Config, user: string, client: string): Found {
  const account = findUser(config, user);
  const [clientId] = findClient(account, client);
  return { userId: account.id, clientId };
}

/** A client as it is in a configuration. */
export function viewOf(config: Config, { userId, clientId }: Found): ClientView {
  const account = findUser(config, userId);
  const [, client] = findClient(account, clientId);
  return clientView(account.username, clientId, client);
}

/** `laptop of alice (0f4e…), until 2027-01-01T00:00:00.000Z`. */
export function clientText({ name, user, id, expires }: ClientView): string {
  return `${name} of ${user} (${id}), ${expires === null ? 'for ever' : `until ${expires}`}`;
}

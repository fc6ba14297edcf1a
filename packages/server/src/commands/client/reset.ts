import { commandLine, updateClient } from '@berth/config';
import { newSecret } from '@berth/config/secret';
import type { Command } from 'commander';
import { editConfig } from '../edit.ts';
import { refuseExpired } from '../../accounts/clients.ts';
import { expectShown } from '../../expect-shown.ts';
import type { RevisionOptions } from '../if-revision.ts';
import type { CommonOptions, Output } from '../options.ts';
import { clientSubcommand, findBoth, viewOf } from './command.ts';
import { showCredential } from './credential.ts';

export function resetCommand(output: Output): Command {
  return clientSubcommand('reset', 'give a client a new secret; the old one ends at once').action(
    async (user: string, client: string, options: CommonOptions & RevisionOptions) => {
      const { secret, hash } = newSecret();
      const what = `reset client ${client} of ${user}`;
      const { config, result } = await editConfig(options, output, what, async (edit, history) => {
        const found = findBoth(edit.config, user, client);
        await expectShown(edit, history, { kind: 'user', id: found.userId }, options.ifRevision);
        const { directory } = edit.config;
        const view = viewOf(edit.config, found);
        const expire = commandLine(directory, 'client', 'expire', view.user, view.id, 'WHEN');
        refuseExpired(view, new Date(), `Set another expiry first: ${expire}`);
        updateClient(edit, found.userId, found.clientId, { token_hash: hash });
        return found;
      });
      const { directory } = config;
      const shown = { client: viewOf(config, result), secret, directory };
      showCredential(output, 'A new secret for', shown, options.json === true);
    },
  );
}

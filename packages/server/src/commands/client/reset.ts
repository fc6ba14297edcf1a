import { commandLine, isExpired, updateClient, type Config } from '@berth/config';
import { newSecret } from '@berth/config/secret';
import { Problem } from '@berth/contract';
import type { Command } from 'commander';
import { editConfig } from '../edit.ts';
import { expectShown } from '../../expect-shown.ts';
import type { RevisionOptions } from '../if-revision.ts';
import type { CommonOptions, Output } from '../options.ts';
import { clientSubcommand, findBoth, viewOf, type Found } from './command.ts';
import { showCredential } from './credential.ts';

export function resetCommand(output: Output): Command {
  return clientSubcommand('reset', 'give a client a new secret; the old one ends at once').action(
    async (user: string, client: string, options: CommonOptions & RevisionOptions) => {
      const { secret, hash } = newSecret();
      const what = `reset client ${client} of ${user}`;
      const { config, result } = await editConfig(options, output, what, async (edit, history) => {
        const found = findBoth(edit.config, user, client);
        await expectShown(edit, history, { kind: 'user', id: found.userId }, options.ifRevision);
        refuseExpired(edit.config, found);
        updateClient(edit, found.userId, found.clientId, { token_hash: hash });
        return found;
      });
      const { directory } = config;
      const shown = { client: viewOf(config, result), secret, directory };
      showCredential(output, 'A new secret for', shown, options.json === true);
    },
  );
}

/** Its secret would lead nowhere, and look as if it did. */
function refuseExpired(config: Config, found: Found): void {
  const { id, name, user, expires } = viewOf(config, found);
  if (!isExpired({ expires }, new Date())) return;
  throw new Problem(
    'conflict',
    `${name} of ${user} has expired, at ${expires}: a new secret would not let it in. Set another expiry first: ${commandLine(config.directory, 'client', 'expire', user, id, 'WHEN')}`,
  );
}

import { removeClient } from '@berth/config';
import type { Command } from 'commander';
import { editConfig } from '../edit.ts';
import { expectShown } from '../../expect-shown.ts';
import type { RevisionOptions } from '../if-revision.ts';
import type { CommonOptions, Output } from '../options.ts';
import { clientSubcommand, findBoth, viewOf } from './command.ts';

export function revokeCommand(output: Output): Command {
  return clientSubcommand('revoke', 'end a client: its next request is refused').action(
    async (user: string, client: string, options: CommonOptions & RevisionOptions) => {
      const what = `revoke client ${client} of ${user}`;
      const { result: view } = await editConfig(options, output, what, async (edit, history) => {
        const found = findBoth(edit.config, user, client);
        await expectShown(edit, history, { kind: 'user', id: found.userId }, options.ifRevision);
        removeClient(edit, found.userId, found.clientId);
        return viewOf(edit.config, found);
      });
      if (options.json === true) output.json(view);
      else output.line(`Revoked ${view.name} of ${view.user} (${view.id}).`);
    },
  );
}

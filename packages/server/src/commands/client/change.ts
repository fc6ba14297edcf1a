import { updateClient, type ClientPatch } from '@berth/config';
import type { Command } from 'commander';
import { editConfig } from '../edit.ts';
import { expectShown } from '../../expect-shown.ts';
import type { RevisionOptions } from '../if-revision.ts';
import { expiryFrom } from '../expiry.ts';
import type { CommonOptions, Output } from '../options.ts';
import { clientSubcommand, clientText, findBoth, viewOf } from './command.ts';

export function renameCommand(output: Output): Command {
  return clientSubcommand('rename', 'call a client something else')
    .argument('<name>', 'its new name')
    .action(
      async (
        user: string,
        client: string,
        name: string,
        options: CommonOptions & RevisionOptions,
      ) => {
        const what = `rename client ${client} of ${user} to ${name}`;
        await change(output, options, { user, client }, what, { name });
      },
    );
}

export function expireCommand(output: Output): Command {
  return clientSubcommand('expire', 'set when a client ends')
    .argument('<when>', '90d, 2027-01-31, 2027-01-31T18:00:00Z or never')
    .action(
      async (
        user: string,
        client: string,
        when: string,
        options: CommonOptions & RevisionOptions,
      ) => {
        const expires = expiryFrom(when, new Date());
        const what = `set the expiry of client ${client} of ${user}`;
        await change(output, options, { user, client }, what, { expires });
      },
    );
}

async function change(
  output: Output,
  options: CommonOptions & RevisionOptions,
  { user, client }: { readonly user: string; readonly client: string },
  what: string,
  patch: ClientPatch,
): Promise<void> {
  const { config, result } = await editConfig(options, output, what, async (edit, history) => {
    const found = findBoth(edit.config, user, client);
    await expectShown(edit, history, { kind: 'user', id: found.userId }, options.ifRevision);
    updateClient(edit, found.userId, found.clientId, patch);
    return found;
  });
  const view = viewOf(config, result);
  if (options.json === true) output.json(view);
  else output.line(`Now it is ${clientText(view)}.`);
}

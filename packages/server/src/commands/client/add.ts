import { randomUUID } from 'node:crypto';
import { addClient, findUser, refuseTakenClientName } from '@berth/config';
import { newSecret } from '@berth/config/secret';
import { Command } from 'commander';
import { editConfig } from '../edit.ts';
import { expiryFrom } from '../expiry.ts';
import { expectShown } from '../../expect-shown.ts';
import { ifRevisionOption, type RevisionOptions } from '../if-revision.ts';
import { configOption, jsonOption, type CommonOptions, type Output } from '../options.ts';
import { viewOf } from './command.ts';
import { showCredential } from './credential.ts';

interface AddOptions extends CommonOptions, RevisionOptions {
  readonly name: string;
  readonly expires: string;
}

export function addCommand(output: Output): Command {
  return new Command('add')
    .summary('make a client, for a program')
    .description(
      'Makes a client and shows its secret once, for programs that talk to the server themselves. A machine with `berth` is let in by `berthd enroll`, and its secret never leaves it.',
    )
    .argument('<user>', 'name or UUID')
    .addOption(configOption())
    .addOption(jsonOption())
    .requiredOption('--name <name>', 'what it is called')
    .option('--expires <when>', '90d, 2027-01-31, 2027-01-31T18:00:00Z or never', 'never')
    .addOption(ifRevisionOption('user show'))
    .action(async (user: string, options: AddOptions) => {
      const now = new Date();
      const expires = expiryFrom(options.expires, now);
      const { secret, hash } = newSecret();
      const clientId = randomUUID();
      const { config, result } = await editConfig(
        options,
        output,
        `add client ${options.name} of ${user}`,
        async (edit, history) => {
          const { id: userId } = findUser(edit.config, user);
          await expectShown(edit, history, { kind: 'user', id: userId }, options.ifRevision);
          refuseTakenClientName(edit, userId, options.name);
          addClient(edit, userId, clientId, {
            name: options.name,
            token_hash: hash,
            created: now.toISOString(),
            expires,
          });
          return { userId, clientId };
        },
      );
      const { directory } = config;
      const client = viewOf(config, result);
      showCredential(output, 'Made', { client, secret, directory }, options.json === true);
    });
}

import { resolve } from 'node:path';
import { commandLine, loadConfig } from '@berth/config';
import { formatCode, Problem } from '@berth/contract';
import { Command } from 'commander';
import { createEnrolment, type Enrolment, type Grant } from '../accounts/enrolment.ts';
import type { Deed } from '../acting.ts';
import { caller } from './author.ts';
import { configOption, jsonOption, parseList, type CommonOptions, type Output } from './options.ts';
import { withStore } from './store.ts';
import { auditDeed } from './trail.ts';

interface GrantOptions extends CommonOptions {
  readonly user: string;
  readonly new?: boolean;
  readonly allow?: string[];
}

/** Works on the files the server works on, under the same lock, whether it runs or not. */
export function enrollCommand(output: Output): Command {
  const open = async (config: string): Promise<Enrolment> => {
    const directory = resolve(config);
    const loaded = await loadConfig(directory);
    return createEnrolment({
      config: () => loaded,
      edit: async (author, change) =>
        withStore(directory, output, (store) => store.edit(author, change)),
      now: Date.now,
    });
  };

  const tell = async ({ config }: CommonOptions, deed: Deed): Promise<void> =>
    auditDeed(await loadConfig(resolve(config)), deed, output);

  const list = new Command('list')
    .summary('show the clients that wait to be let in')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options: CommonOptions) => {
      const pending = await (await open(options.config)).pending();
      if (options.json === true) {
        const clients = pending.map(({ code, clientName, expires }) => ({
          code,
          name: clientName,
          expires,
        }));
        output.json({ clients });
        return;
      }
      if (pending.length === 0) output.line('Nobody waits.');
      for (const { code, clientName, expires } of pending) {
        output.line(`${formatCode(code)}  ${clientName}  (until ${expires})`);
      }
    });

  const approve = grantOptions(
    new Command('approve')
      .summary('let a client in')
      .argument('<code>', 'what `berth login` shows')
      .addOption(configOption())
      .addOption(jsonOption()),
  ).action(async (code: string, options: GrantOptions) => {
    const enrolment = await open(options.config);
    const { clientId, clientName } = await enrolment.approve(code, grantOf(options), caller());
    if (options.json === true) output.json({ id: clientId, user: options.user, name: clientName });
    else output.line(`${clientName} now belongs to ${options.user}.`);
  });

  const refuse = new Command('refuse')
    .summary('turn a client away')
    .argument('<code>', 'what `berth login` shows')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (typed: string, options: CommonOptions) => {
      const { code, clientName } = await (await open(options.config)).refuse(typed);
      await tell(options, { action: 'refuse_client', subject: clientName });
      if (options.json === true) output.json({ code, name: clientName });
      else output.line(`${clientName} was refused.`);
    });

  const invite = grantOptions(
    new Command('invite')
      .summary('let a client in before it asks')
      .addOption(configOption())
      .addOption(jsonOption()),
  ).action(async (options: GrantOptions) => {
    const { code, expires } = await (await open(options.config)).invite(grantOf(options));
    await tell(options, { action: 'invite', subject: options.user });
    if (options.json === true) {
      output.json({ code, expires });
      return;
    }
    output.line(`Invite for ${options.user}, good once, until ${expires}:`);
    output.line('');
    output.line(`  berth login URL --invite ${code}`);
  });

  return new Command('enroll')
    .summary('decide which clients may come in')
    .addCommand(list)
    .addCommand(approve)
    .addCommand(refuse)
    .addCommand(invite);
}

function grantOptions(command: Command): Command {
  return command
    .requiredOption('--user <name>', 'whose client it will be')
    .option('--new', 'make the user')
    .option('--allow <templates>', 'templates a new user may start: a,b,c', parseList);
}

function grantOf(options: GrantOptions): Grant {
  if (options.new === true) {
    return { username: options.user, newUser: { containers: options.allow ?? [] } };
  }
  if (options.allow !== undefined) {
    throw new Problem(
      'usage',
      `--allow goes with --new. For a user there is: ${commandLine(resolve(options.config), 'user', 'set', options.user, '--allow', 'TEMPLATE')}`,
    );
  }
  return { username: options.user };
}

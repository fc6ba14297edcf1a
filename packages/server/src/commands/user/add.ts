import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import {
  addUser,
  commandLine,
  createPasswords,
  findTemplates,
  findUser,
  loadConfig,
  refuseTakenName,
} from '@berth/config';
import type { Right, User } from '@berth/contract';
import { Command, Option } from 'commander';
import { editConfig } from '../edit.ts';
import {
  collect,
  configOption,
  jsonOption,
  parseList,
  parseName,
  parseRights,
  type CommonOptions,
  type Output,
} from '../options.ts';
import {
  newPassword,
  noChangeOption,
  passwordJson,
  passwordOptions,
  showPassword,
  type ChangeOptions,
  type NewPassword,
  type PasswordOptions,
} from '../password-input.ts';
import type { Prompt } from '../prompt.ts';
import { metadataFrom } from './metadata.ts';
import { userView } from '../../accounts/user-view.ts';

interface AddOptions extends CommonOptions, PasswordOptions, ChangeOptions {
  readonly allow?: string[];
  readonly rights?: Right[];
  readonly metadata?: string[];
  /** False where `--no-password` is given. */
  readonly password: boolean;
}

export function addCommand(output: Output, prompt: Prompt): Command {
  return passwordOptions(
    new Command('add')
      .summary('add a user')
      .description('Adds a user. On a terminal it asks for their password.')
      .argument('<name>', 'lower-case letters, digits and hyphens', parseName)
      .addOption(configOption())
      .addOption(jsonOption())
      .addOption(noChangeOption())
      .option('--allow <templates>', 'templates they may start: a,b,c', parseList)
      .option('--rights <rights>', 'admin, monitor', parseRights)
      .option('--metadata <key=value>', 'a note; may be repeated', collect),
  )
    .addOption(
      new Option('--no-password', 'they have none, and come in with their clients only').conflicts([
        'random',
        'passwordStdin',
      ]),
    )
    .action(async (name: string, options: AddOptions) => {
      const before = await loadConfig(resolve(options.config));
      // Nobody should choose a password first to be told this.
      refuseTakenName(before, name);
      findTemplates(before, options.allow ?? []);
      const chosen = options.password
        ? await newPassword(prompt, options, ['--no-password'])
        : undefined;
      const id = randomUUID();
      const user = userFrom(name, options, chosen && (await hashOf(chosen)));
      const { config } = await editConfig(options, output, `add user ${name}`, (edit) => {
        addUser(edit, id, user);
      });
      const view = userView(config, findUser(config, id));
      if (options.json === true) {
        output.json({ ...view, ...passwordJson(chosen) });
        return;
      }
      output.line(`Added ${name} (${id}). ${startsText(view.templates)}`);
      if (chosen !== undefined) showPassword(output, chosen);
      output.line(
        `To let in a machine of theirs: ${commandLine(config.directory, 'enroll', 'invite', '--user', name)}`,
      );
    });
}

const hashOf = ({ password }: NewPassword): Promise<string> => createPasswords().hash(password);

function userFrom(name: string, options: AddOptions, hash: string | undefined): User {
  const metadata = Object.entries(metadataFrom(options.metadata ?? [])).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return {
    username: name,
    ...(hash === undefined ? {} : { password_hash: hash }),
    ...(hash !== undefined && options.change ? { change_password: true } : {}),
    containers: options.allow ?? [],
    ...(options.rights === undefined ? {} : { rights: options.rights }),
    ...(metadata.length === 0 ? {} : { metadata: Object.fromEntries(metadata) }),
  };
}

function startsText(templates: readonly string[]): string {
  return templates.length === 0
    ? 'They may start nothing yet.'
    : `They may start: ${templates.join(', ')}.`;
}

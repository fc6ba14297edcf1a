import { resolve } from 'node:path';
import { createPasswords, findUser, loadConfig, updateUser, type Account } from '@berth/config';
import { Command, Option } from 'commander';
import { editConfig } from '../edit.ts';
import { expectShown } from '../../expect-shown.ts';
import { ifRevisionOption, type RevisionOptions } from '../if-revision.ts';
import { configOption, jsonOption, type CommonOptions, type Output } from '../options.ts';
import {
  newPassword,
  noChangeOption,
  passwordJson,
  passwordOptions,
  showPassword,
  type ChangeOptions,
  type PasswordOptions,
} from '../password-input.ts';
import type { Prompt } from '../prompt.ts';
import { verifyPassword } from '../verify-password.ts';
import { userView } from '../../accounts/user-view.ts';

interface SetPasswordOptions
  extends CommonOptions, PasswordOptions, ChangeOptions, RevisionOptions {
  readonly remove?: boolean;
  readonly verify?: boolean;
}

export function passwordCommand(output: Output, prompt: Prompt): Command {
  return passwordOptions(
    new Command('password')
      .summary('set, remove or check a user’s password')
      .description('On a terminal it asks for the password, twice for a new one.')
      .argument('<user>', 'name or UUID')
      .addOption(configOption())
      .addOption(jsonOption())
      .addOption(noChangeOption())
      .addOption(ifRevisionOption('user show')),
  )
    .addOption(
      new Option('--remove', 'take the password away').conflicts(['random', 'passwordStdin']),
    )
    .addOption(
      new Option('--verify', 'only check it: exit code 0 if it is right').conflicts([
        'random',
        'remove',
        'ifRevision',
      ]),
    )
    .action(async (ref: string, options: SetPasswordOptions) => {
      const account = findUser(await loadConfig(resolve(options.config)), ref);
      if (options.verify === true) await verify(output, prompt, options, account);
      else if (options.remove === true) await remove(output, options, account);
      else await set(output, prompt, options, account);
    });
}

async function set(
  output: Output,
  prompt: Prompt,
  options: SetPasswordOptions,
  { id, username }: Account,
): Promise<void> {
  const chosen = await newPassword(prompt, options, ['--remove']);
  // Hashed before the lock is taken: it takes a quarter of a second.
  const hash = await createPasswords().hash(chosen.password);
  const { config } = await editConfig(
    options,
    output,
    `set the password of ${username}`,
    async (edit, history) => {
      await expectShown(edit, history, { kind: 'user', id }, options.ifRevision);
      updateUser(edit, id, { password_hash: hash, change_password: options.change ? true : null });
    },
  );
  if (options.json === true) {
    const view = userView(config, findUser(config, id));
    output.json({ ...view, ...passwordJson(chosen) });
    return;
  }
  const end = options.change ? ' Their next login has to set another.' : '';
  output.line(`${username} has a new password.${end}`);
  showPassword(output, chosen);
}

async function remove(
  output: Output,
  options: SetPasswordOptions,
  { id, username }: Account,
): Promise<void> {
  const what = `remove the password of ${username}`;
  const { config } = await editConfig(options, output, what, async (edit, history) => {
    await expectShown(edit, history, { kind: 'user', id }, options.ifRevision);
    updateUser(edit, id, { password_hash: null, change_password: null });
  });
  if (options.json === true) output.json(userView(config, findUser(config, id)));
  else output.line(`${username} has no password any more; their clients come in as before.`);
}

function verify(
  output: Output,
  prompt: Prompt,
  options: SetPasswordOptions,
  { id, username, user }: Account,
): Promise<void> {
  const { password_hash: stored } = user;
  const what = `store a stronger hash of the password of ${username}`;
  return verifyPassword(output, prompt, options, username, stored, async (hash) => {
    await editConfig(options, output, what, (edit) => {
      // Another password may have been set meanwhile.
      const isSame = edit.config.accounts.get(id)?.user.password_hash === stored;
      if (isSame) updateUser(edit, id, { password_hash: hash });
    });
  });
}

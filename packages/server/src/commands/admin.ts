import { resolve } from 'node:path';
import { createPasswords, loadConfig, updateAdmin } from '@berth/config';
import { Command, Option } from 'commander';
import { editConfig } from './edit.ts';
import { configOption, jsonOption, parseName, type CommonOptions, type Output } from './options.ts';
import {
  newPassword,
  passwordJson,
  passwordOptions,
  showPassword,
  type PasswordOptions,
} from './password-input.ts';
import type { Prompt } from './prompt.ts';
import { verifyPassword } from './verify-password.ts';

interface AdminPasswordOptions extends CommonOptions, PasswordOptions {
  readonly verify?: boolean;
}

/** The built-in administrator, whose name and password are in `main.yaml`. */
export function adminCommand(output: Output, prompt: Prompt): Command {
  const name = new Command('name')
    .summary('give the built-in admin another name')
    .argument('<name>', 'lower-case letters, digits and hyphens', parseName)
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (username: string, options: CommonOptions) => {
      await editConfig(options, output, `rename the admin to ${username}`, (edit) => {
        updateAdmin(edit, { username });
      });
      if (options.json === true) output.json({ username });
      else output.line(`The admin is now called ${username}.`);
    });

  const password = passwordOptions(
    new Command('password')
      .summary('set or check the password of the built-in admin')
      .description('On a terminal it asks for the password, twice for a new one.')
      .addOption(configOption())
      .addOption(jsonOption()),
  )
    .addOption(
      new Option('--verify', 'only check it: exit code 0 if it is right').conflicts('random'),
    )
    .action(async (options: AdminPasswordOptions) => {
      // Nobody should type a password first to be told that the files are not there.
      const { settings } = await loadConfig(resolve(options.config));
      if (options.verify === true) {
        await verify(output, prompt, options, settings.admin.password_hash);
      } else await set(output, prompt, options);
    });

  return new Command('admin')
    .summary('the built-in administrator')
    .addCommand(name)
    .addCommand(password);
}

async function set(output: Output, prompt: Prompt, options: AdminPasswordOptions): Promise<void> {
  const chosen = await newPassword(prompt, options, []);
  const hash = await createPasswords().hash(chosen.password);
  const { config } = await editConfig(options, output, 'set the password of the admin', (edit) => {
    updateAdmin(edit, { password_hash: hash });
  });
  const { username } = config.settings.admin;
  if (options.json === true) {
    output.json({ username, ...passwordJson(chosen) });
    return;
  }
  output.line(`${username} has a new password.`);
  showPassword(output, chosen);
}

async function verify(
  output: Output,
  prompt: Prompt,
  options: AdminPasswordOptions,
  stored: string,
): Promise<void> {
  await verifyPassword(output, prompt, options, 'The admin', stored, async (hash) => {
    const what = 'store a stronger hash of the password of the admin';
    await editConfig(options, output, what, (edit) => {
      // Another password may have been set meanwhile.
      const isSame = edit.config.settings.admin.password_hash === stored;
      if (isSame) updateAdmin(edit, { password_hash: hash });
    });
  });
}

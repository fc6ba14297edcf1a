import { resolve } from 'node:path';
import {
  createPasswords,
  loadConfig,
  revisionOfResource,
  updateAdmin,
  type Config,
} from '@berth/config';
import { Command, Option } from 'commander';
import { editConfig } from './edit.ts';
import { expectShown } from '../expect-shown.ts';
import { ifRevisionOption, type RevisionOptions } from './if-revision.ts';
import { configOption, jsonOption, parseName, type CommonOptions, type Output } from './options.ts';
import {
  newPassword,
  passwordJson,
  passwordOptions,
  showPassword,
  type PasswordOptions,
} from './password-input.ts';
import type { Prompt } from './prompt.ts';
import { secondFactorCommand } from './second-factor.ts';
import { verifyPassword } from './verify-password.ts';

interface AdminPasswordOptions extends CommonOptions, PasswordOptions, RevisionOptions {
  readonly verify?: boolean;
}

/** The built-in administrator, whose name and password are in `main.yaml`. */
export function adminCommand(output: Output, prompt: Prompt): Command {
  const show = new Command('show')
    .summary('show what the built-in admin is called')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options: CommonOptions) => {
      const view = adminView(await loadConfig(resolve(options.config)));
      if (options.json === true) output.json(view);
      else output.line(`The admin is called ${view.username}.`);
    });

  const name = new Command('name')
    .summary('give the built-in admin another name')
    .argument('<name>', 'lower-case letters, digits and hyphens', parseName)
    .addOption(configOption())
    .addOption(jsonOption())
    .addOption(ifRevisionOption('admin show'))
    .action(async (username: string, options: CommonOptions & RevisionOptions) => {
      const what = `rename the admin to ${username}`;
      const { config } = await editConfig(options, output, what, async (edit, history) => {
        await expectShown(edit, history, { kind: 'admin' }, options.ifRevision);
        updateAdmin(edit, { username });
      });
      if (options.json === true) output.json(adminView(config));
      else output.line(`The admin is now called ${username}.`);
    });

  const password = passwordOptions(
    new Command('password')
      .summary('set or check the password of the built-in admin')
      .description('On a terminal it asks for the password, twice for a new one.')
      .addOption(configOption())
      .addOption(jsonOption())
      .addOption(ifRevisionOption('admin show')),
  )
    .addOption(
      new Option('--verify', 'only check it: exit code 0 if it is right').conflicts([
        'random',
        'ifRevision',
      ]),
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
    .addCommand(show)
    .addCommand(name)
    .addCommand(password)
    .addCommand(secondFactorCommand(output));
}

/** The administrator as commands show them: without the hash. */
const adminView = (config: Config): { readonly username: string; readonly revision: string } => ({
  username: config.settings.admin.username,
  revision: revisionOfResource(config, { kind: 'admin' }),
});

async function set(output: Output, prompt: Prompt, options: AdminPasswordOptions): Promise<void> {
  const chosen = await newPassword(prompt, options, []);
  const hash = await createPasswords().hash(chosen.password);
  const what = 'set the password of the admin';
  const { config } = await editConfig(options, output, what, async (edit, history) => {
    await expectShown(edit, history, { kind: 'admin' }, options.ifRevision);
    updateAdmin(edit, { password_hash: hash, change_password: chosen.isRandom ? true : null });
  });
  const view = adminView(config);
  if (options.json === true) {
    output.json({ ...view, ...passwordJson(chosen) });
    return;
  }
  const end = chosen.isRandom ? ' The next login has to set another.' : '';
  output.line(`${view.username} has a new password.${end}`);
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

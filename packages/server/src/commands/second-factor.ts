import { resolve } from 'node:path';
import { findUser, loadConfig, type Config } from '@berth/config';
import { counted } from '@berth/contract';
import { Command } from 'commander';
import { createSecondFactors } from '../accounts/second-factors.ts';
import { configOption, jsonOption, type CommonOptions, type Output } from './options.ts';
import { auditDeed } from './trail.ts';

interface TotpOptions extends CommonOptions {
  readonly user?: string;
  readonly off?: boolean;
}

/** For who has lost their phone; only they themselves can turn one on, in a login. */
export function secondFactorCommand(output: Output): Command {
  return new Command('totp')
    .summary('see whether an admin needs a code to log in, or turn that off')
    .addOption(configOption())
    .addOption(jsonOption())
    .option('--user <user>', 'name or UUID of a user, instead of the built-in admin')
    .option('--off', 'need no code any more, as when a phone was lost')
    .action(async (options: TotpOptions) => {
      const config = await loadConfig(resolve(options.config));
      const { id, username } = personOf(config, options.user);
      const clock = { now: Date.now, monotonic: () => performance.now() };
      const factors = createSecondFactors({ directory: config.directory, clock });
      if (options.off === true && (await factors.remove(id))) {
        await auditDeed(config, { action: 'turn_off_second_factor', subject: username }, output);
      }
      const left = await factors.left(id);
      if (options.json === true) {
        output.json({ username, on: left !== undefined, recovery_codes: left ?? 0 });
      } else if (left === undefined) output.line(`${username} logs in without a code.`);
      else
        output.line(`${username} needs a code to log in; left: ${counted(left, 'recovery code')}.`);
    });
}

function personOf(config: Config, user: string | undefined): { id: string; username: string } {
  if (user !== undefined) return findUser(config, user);
  return { id: 'admin', username: config.settings.admin.username };
}

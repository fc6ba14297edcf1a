import { randomPassword, refuseShortPassword } from '@berth/config';
import { Problem } from '@berth/contract';
import { Option, type Command } from 'commander';
import type { Output } from './options.ts';
import type { Prompt } from './prompt.ts';

/** How a password comes in: never as an argument, which everybody on the machine could see. */
export interface PasswordOptions {
  readonly random?: boolean;
  readonly passwordStdin?: boolean;
}

export function passwordOptions(command: Command): Command {
  return command
    .addOption(new Option('--random', 'make a password, and show it once'))
    .addOption(
      new Option('--password-stdin', 'read the password from standard input').conflicts('random'),
    );
}

/** Who sets a password for somebody else knows it. */
export const noChangeOption = (): Option =>
  new Option('--no-change', 'their next login need not set another password');

export interface ChangeOptions {
  /** False where `--no-change` is given. */
  readonly change: boolean;
}

export interface NewPassword {
  readonly password: string;
  /** Whether we made it, so that it has to be shown. */
  readonly isRandom: boolean;
}

/** @param others further options that would do, for the message where there is nobody to ask */
export async function newPassword(
  prompt: Prompt,
  { random, passwordStdin }: PasswordOptions,
  others: readonly string[],
): Promise<NewPassword> {
  if (random === true) return { password: randomPassword(), isRandom: true };
  if (passwordStdin === true) return { password: chosen(await fromInput(prompt)), isRandom: false };
  if (!prompt.isTerminal) throw nobodyToAsk(['--random', '--password-stdin', ...others]);
  const password = chosen(await prompt.secret('New password'));
  if ((await prompt.secret('The same again')) === password) return { password, isRandom: false };
  throw new Problem('bad_request', 'These were two different passwords. Nothing was changed.');
}

/** Shows a password that we made, this once. */
export function showPassword(output: Output, { password, isRandom }: NewPassword): void {
  if (!isRandom) return;
  output.line('');
  output.line(`  Password: ${password}`);
  output.line('');
  output.line('It is shown only now; only its hash was stored.');
}

/** The same for a program: what is to be added to its JSON. */
export function passwordJson(made: NewPassword | undefined): { readonly password?: string } {
  return made?.isRandom === true ? { password: made.password } : {};
}

/** A password to be checked. */
export async function knownPassword(
  prompt: Prompt,
  { passwordStdin }: PasswordOptions,
): Promise<string> {
  if (passwordStdin === true) return fromInput(prompt);
  if (!prompt.isTerminal) throw nobodyToAsk(['--password-stdin']);
  return prompt.secret('Password');
}

function chosen(password: string): string {
  refuseShortPassword(password);
  return password;
}

async function fromInput(prompt: Prompt): Promise<string> {
  const password = (await prompt.input()).replace(/\r?\n$/, '');
  if (!/[\r\n]/.test(password)) return password;
  throw new Problem('bad_request', 'Standard input has more than one line; a password is one.');
}

function nobodyToAsk(options: readonly string[]): Problem {
  const [last = '', ...rest] = options.toReversed();
  const choice = rest.length === 0 ? last : `${rest.toReversed().join(', ')} or ${last}`;
  return new Problem('usage', `There is no terminal to ask for a password on. Add ${choice}.`);
}

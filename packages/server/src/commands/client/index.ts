import { Command } from 'commander';
import type { Output } from '../options.ts';
import { addCommand } from './add.ts';
import { expireCommand, renameCommand } from './change.ts';
import { listCommand } from './list.ts';
import { resetCommand } from './reset.ts';
import { revokeCommand } from './revoke.ts';

/** Works on the files the server works on, under the same lock, whether it runs or not. */
export function clientCommand(output: Output): Command {
  return new Command('client')
    .summary('the machines and programs that users come in with')
    .addCommand(listCommand(output))
    .addCommand(addCommand(output))
    .addCommand(renameCommand(output))
    .addCommand(expireCommand(output))
    .addCommand(resetCommand(output))
    .addCommand(revokeCommand(output));
}

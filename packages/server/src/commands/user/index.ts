import { Command } from 'commander';
import type { Output } from '../options.ts';
import type { Prompt } from '../prompt.ts';
import { addCommand } from './add.ts';
import { listCommand } from './list.ts';
import { passwordCommand } from './password.ts';
import { removeCommand } from './remove.ts';
import { setCommand } from './set.ts';
import { showCommand } from './show.ts';

/** Works on the files the server works on, under the same lock, whether it runs or not. */
export function userCommand(output: Output, prompt: Prompt): Command {
  return new Command('user')
    .summary('who there is, and what they may do')
    .addCommand(listCommand(output))
    .addCommand(showCommand(output))
    .addCommand(addCommand(output, prompt))
    .addCommand(setCommand(output))
    .addCommand(passwordCommand(output, prompt))
    .addCommand(removeCommand(output, prompt));
}

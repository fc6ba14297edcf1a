import { Command } from 'commander';
import type { Output } from '../options.ts';
import type { Prompt } from '../prompt.ts';
import { addCommand } from './add.ts';
import { assignCommand, unassignCommand } from './assign.ts';
import { listCommand } from './list.ts';
import { removeCommand } from './remove.ts';
import { setCommand } from './set.ts';
import { showCommand } from './show.ts';

/** Works on the files the server works on, under the same lock, whether it runs or not. */
export function templateCommand(output: Output, prompt: Prompt): Command {
  return new Command('template')
    .summary('what may be started, and by whom')
    .addCommand(listCommand(output))
    .addCommand(showCommand(output))
    .addCommand(addCommand(output, prompt))
    .addCommand(setCommand(output, prompt))
    .addCommand(removeCommand(output))
    .addCommand(assignCommand(output))
    .addCommand(unassignCommand(output));
}

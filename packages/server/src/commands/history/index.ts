import { Command } from 'commander';
import type { Output } from '../options.ts';
import type { Prompt } from '../prompt.ts';
import { diffCommand } from './diff.ts';
import { listCommand } from './list.ts';
import { restoreCommand } from './restore.ts';
import { showCommand } from './show.ts';

/** Reads what the store has recorded, and puts it back, whether the files load or not. */
export function historyCommand(output: Output, prompt: Prompt): Command {
  return new Command('history')
    .summary('who changed what in the configuration, and the way back')
    .addCommand(listCommand(output), { isDefault: true })
    .addCommand(showCommand(output))
    .addCommand(diffCommand(output))
    .addCommand(restoreCommand(output, prompt));
}

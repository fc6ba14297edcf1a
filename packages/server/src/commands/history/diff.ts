import { diffVersions } from '@berth/config';
import { Argument, Command } from 'commander';
import { configOption, jsonOption, type Output } from '../options.ts';
import { browseOptions, parseNumber, revealOption, type RevealOptions } from './options.ts';
import { diffView, printDiffs } from './text.ts';

export function diffCommand(output: Output): Command {
  return new Command('diff')
    .summary('show what is different between two versions')
    .description(
      'Compares what a change left with what another left, or else with what the files say now.',
    )
    .addArgument(new Argument('<from>', 'number of a change').argParser(parseNumber))
    .addArgument(
      new Argument('[to]', 'number of another; the files as they are now if left out').argParser(
        parseNumber,
      ),
    )
    .addOption(configOption())
    .addOption(jsonOption())
    .addOption(revealOption())
    .action(async (from: number, to: number | undefined, options: RevealOptions) => {
      const files = await diffVersions(browseOptions(options), from, to ?? 'now');
      if (options.json === true) {
        output.json({ from, to: to ?? 'now', files: files.map(diffView) });
        return;
      }
      if (files.length === 0) output.line('There is no difference.');
      const label = to === undefined ? 'now' : `number ${to}`;
      printDiffs(files, { from: `number ${from}`, to: label }, output);
    });
}

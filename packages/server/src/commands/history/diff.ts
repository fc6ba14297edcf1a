import { diffVersions } from '@berth/config';
import { Argument, Command } from 'commander';
import { configOption, jsonOption, type Output } from '../options.ts';
import {
  browseOptions,
  parseVersion,
  revealOption,
  type RevealOptions,
  type Version,
} from './options.ts';
import { diffView, printDiffs } from './text.ts';

export function diffCommand(output: Output): Command {
  return new Command('diff')
    .summary('show what is different between two versions')
    .description(
      'Compares what a change left with what another left, or else with what the files say now.',
    )
    .addArgument(
      new Argument('<from>', 'number of a change; now for the files as they are').argParser(
        parseVersion,
      ),
    )
    .addArgument(new Argument('[to]', 'number of another').argParser(parseVersion).default('now'))
    .addOption(configOption())
    .addOption(jsonOption())
    .addOption(revealOption())
    .action(async (from: Version, to: Version, options: RevealOptions) => {
      const files = await diffVersions(browseOptions(options), from, to);
      if (options.json === true) {
        output.json({ from, to, files: files.map(diffView) });
        return;
      }
      if (files.length === 0) output.line('There is no difference.');
      printDiffs(files, { from: labelOf(from), to: labelOf(to) }, output);
    });
}

const labelOf = (version: Version): string => (version === 'now' ? 'now' : `number ${version}`);

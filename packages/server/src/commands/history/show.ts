import { showChange, makerOf, timeOf, type ShownChange } from '@berth/config';
import { Argument, Command } from 'commander';
import { configOption, jsonOption, type Output } from '../options.ts';
import { browseOptions, parseNumber, revealOption, type RevealOptions } from './options.ts';
import { diffView, printDiffs } from './text.ts';

export function showCommand(output: Output): Command {
  return new Command('show')
    .summary('show what one change did')
    .addArgument(new Argument('<number>', 'of the change').argParser(parseNumber))
    .addOption(configOption())
    .addOption(jsonOption())
    .addOption(revealOption())
    .action(async (number: number, options: RevealOptions) => {
      const shown = await showChange(browseOptions(options), number);
      if (options.json === true) {
        const { record, files, unknown } = shown;
        const { time, by, what, revision } = record;
        output.json({ number, time, by, what, revision, files: files.map(diffView), unknown });
        return;
      }
      print(shown, output);
    });
}

function print({ record, files, unknown }: ShownChange, output: Output): void {
  output.line(`Number ${record.number}, ${timeOf(record)}, ${makerOf(record)}: ${record.what}`);
  if (unknown.length > 0) {
    const names = unknown.join(', ');
    const isFirst = record.files.every(({ before }) => before === null);
    output.line(
      isFirst ? `The history begins with ${names}.` : `What ${names} said before is lost.`,
    );
  }
  printDiffs(files, { from: 'before', to: `number ${record.number}` }, output);
}

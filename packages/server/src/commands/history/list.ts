import { resolve } from 'node:path';
import {
  commandLine,
  listHistory,
  timeOf,
  type HistoryPage,
  type HistoryRecord,
} from '@berth/config';
import { Command } from 'commander';
import { configOption, jsonOption, type CommonOptions, type Output } from '../options.ts';
import { table } from '../table.ts';
import { parseLimit } from './options.ts';

interface ListOptions extends CommonOptions {
  readonly limit: number;
}

export function listCommand(output: Output): Command {
  return new Command('list')
    .summary('show the changes of the configuration, the newest first')
    .addOption(configOption())
    .addOption(jsonOption())
    .option('--limit <number>', 'how many', parseLimit, 20)
    .action(async (options: ListOptions) => {
      const directory = resolve(options.config);
      const page = await listHistory(directory, options.limit);
      if (options.json === true) {
        output.json({ ...page, records: page.records.map(viewOf) });
        return;
      }
      for (const line of linesOf(directory, page)) output.line(line);
    });
}

const viewOf = (record: HistoryRecord): object => ({
  ...record,
  files: record.files.map(({ file }) => file),
});

function linesOf(directory: string, { records, older, rejected }: HistoryPage): string[] {
  const rows = records.map((record) => [
    String(record.number),
    timeOf(record),
    record.by,
    record.what,
    record.files.map(({ file }) => file).join(', '),
  ]);
  return [
    ...(rows.length === 0
      ? ['Nothing has been recorded yet.']
      : table(['NUMBER', 'TIME', 'BY', 'WHAT', 'FILES'], rows)),
    ...(older === 0
      ? []
      : [
          `${older === 1 ? '1 older one is' : `${older} older ones are`} not shown: ${commandLine(directory, 'history', '--limit', String(older + rows.length))}`,
        ]),
    ...(rejected.length === 0
      ? []
      : [
          '',
          'Texts that gave way were kept. Put what you need of them into the files again, and',
          'remove them:',
          ...rejected.map((text) => `  ${text.file}, ${timeOf(text)}: ${text.path}`),
        ]),
  ];
}

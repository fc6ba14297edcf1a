import {
  commandLine,
  configAt,
  diffVersions,
  findDirectory,
  listHistory,
  loadConfig,
  restoreConfig,
  type Config,
  type FileDiff,
} from '@berth/config';
import { Problem, type ClientView } from '@berth/contract';
import { Argument, Command } from 'commander';
import { caller } from '../author.ts';
import { auditRecord } from '../trail.ts';
import { configOption, jsonOption, yesOption, type Output } from '../options.ts';
import type { Prompt } from '../prompt.ts';
import { untilTakenUp } from '../take-up.ts';
import { letInText, newlyLetIn } from '../../newly-let-in.ts';
import {
  browseOptions,
  keptText,
  parseNumber,
  revealOption,
  type RevealOptions,
  UNRECORDED,
} from './options.ts';
import { diffView, printDiffs, summaryOf } from './text.ts';

interface RestoreOptions extends RevealOptions {
  readonly yes?: boolean;
}

/** More than that is summed up: nobody reads it before they say yes. */
const MOST_LINES = 60;

export function restoreCommand(output: Output, prompt: Prompt): Command {
  return new Command('restore')
    .summary('put the configuration back to how a change left it')
    .description(
      'Puts every file back to exactly the bytes that a change left, as a new change, so that it can be undone too. Works also when the files are damaged or missing.',
    )
    .addArgument(new Argument('<number>', 'of the change').argParser(parseNumber))
    .addOption(configOption())
    .addOption(jsonOption())
    .addOption(yesOption())
    .addOption(revealOption())
    .action(async (number: number, options: RestoreOptions) => {
      const browse = browseOptions(options);
      const files = await diffVersions(browse, 'now', number);
      const letIn = await letInBy(browse.directory, number);
      const warning = letInText(letIn);
      if (options.yes !== true && files.length > 0) {
        if (!prompt.isTerminal) throw nobodyToAsk(number, files, warning);
        // It belongs to the question: standard output is for the result.
        printChanges(browse.directory, number, files, { ...output, line: prompt.tell });
        if (warning !== undefined) prompt.tell(warning);
        if (!(await prompt.confirm(`Restore number ${number}?`))) {
          throw new Problem('cancelled', 'Nothing was changed.');
        }
      }
      // A server that is to follow to another is not there yet.
      const served = await findDirectory(browse.directory, 'state');
      const rejected: string[] = [];
      const { config, record, fault } = await restoreConfig({
        directory: browse.directory,
        number,
        author: { by: caller(), what: `restore number ${number}` },
        onRejected: (file, path) => {
          rejected.push(path);
          output.warn(keptText(file, path));
        },
      });
      if (fault !== undefined) output.warn(UNRECORDED);
      if (record !== undefined) await auditRecord(config, record, output);
      const saved = {
        revision: config.revision,
        number: record?.number ?? Infinity,
        stateDirectory: served ?? config.settings.stateDirectory,
      };
      await untilTakenUp(browse.directory, saved, output);
      if (options.json === true) {
        output.json({
          restored: number,
          number: record?.number ?? null,
          revision: config.revision,
          files: files.map(diffView),
          let_in: letIn,
          rejected,
        });
        return;
      }
      if (record === undefined) {
        output.line(`The files are like number ${number} already. Nothing was changed.`);
        return;
      }
      output.line(`Restored number ${number}: ${files.map(summaryOf).join(', ')}.`);
      // Who was asked has read it already.
      if (options.yes === true && warning !== undefined) output.line(warning);
      const before = record.number - 1;
      if (before > 0 && before !== number) {
        output.line(
          `This is number ${record.number}. To undo it: ${commandLine(browse.directory, 'history', 'restore', String(before))}`,
        );
      }
    });
}

function printChanges(
  directory: string,
  number: number,
  files: readonly FileDiff[],
  output: Output,
): void {
  if (files.reduce((sum, { lines }) => sum + lines.length, 0) <= MOST_LINES) {
    printDiffs(files, { from: 'now', to: `number ${number}` }, output);
    return;
  }
  output.line('This would change:');
  for (const file of files) output.line(`  ${summaryOf(file)}`);
  output.line(
    `To see the lines: ${commandLine(directory, 'history', 'diff', 'now', String(number))}`,
  );
}

/** None where the files would not load then: restoring them is refused. */
async function letInBy(directory: string, number: number): Promise<ClientView[]> {
  const after = await unlessRefused(configAt(directory, number));
  return after === undefined ? [] : newlyLetIn(await validConfig(directory), after, new Date());
}

/** What is in force: the last version that was valid, where the files do not load now. */
async function validConfig(directory: string): Promise<Config | undefined> {
  const live = await unlessRefused(loadConfig(directory));
  if (live !== undefined) return live;
  const [newest] = (await listHistory(directory, 1)).records;
  return newest && unlessRefused(configAt(directory, newest.number));
}

async function unlessRefused<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

const nobodyToAsk = (
  number: number,
  files: readonly FileDiff[],
  warning: string | undefined,
): Problem =>
  new Problem(
    'usage',
    `Restoring number ${number} would change ${files.map(summaryOf).join(', ')}. ${warning === undefined ? '' : `${warning} `}There is no terminal to ask on; to agree beforehand add --yes.`,
  );

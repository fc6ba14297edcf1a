import { constants, createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { commandLine, timeOf, type Config } from '@berth/config';
import { counted, Problem } from '@berth/contract';
import { Command } from 'commander';
import { restoreBackup, type Plan, type RestoredBackup } from '../backup/restore-backup.ts';
import { caller } from './author.ts';
import { auditRecord } from './trail.ts';
import { keptText } from './history/options.ts';
import { configOption, jsonOption, yesOption, type CommonOptions, type Output } from './options.ts';
import type { Prompt } from './prompt.ts';

interface RestoreOptions extends CommonOptions {
  readonly yes?: boolean;
}

export function restoreCommand(output: Output, prompt: Prompt): Command {
  return new Command('restore')
    .summary('put back what a backup holds')
    .description(
      'Replaces configuration, secrets and state by those of a backup, or makes them on a new machine. The server has to be stopped. The backup is checked first, and what is there now is backed up. For the configuration alone see: berthd history restore',
    )
    .argument('<file>', 'that `berthd backup` has written; - for standard input')
    .addOption(configOption())
    .addOption(jsonOption())
    .addOption(yesOption())
    .action(async (file: string, options: RestoreOptions) => {
      const directory = resolve(options.config);
      const rejected: string[] = [];
      const restored = await restoreBackup({
        directory,
        archive: await openArchive(directory, file),
        by: caller(),
        agree: async (plan) => {
          if (options.yes === true) return true;
          const question = questionOf(directory, plan, await plan.present());
          if (file === '-' || !prompt.isTerminal) {
            throw new Problem(
              'usage',
              `${question} There is no terminal to ask on; to agree beforehand add --yes.`,
            );
          }
          prompt.tell(question);
          return prompt.confirm('Restore it?');
        },
        onRejected: (name, path) => {
          rejected.push(path);
          output.warn(keptText(name, path));
        },
      });
      const { config, record } = restored;
      if (record !== undefined) await auditRecord(config, record, output);
      for (const warning of restored.warnings) output.warn(warning);
      if (options.json === true) output.json(viewOf(restored, rejected));
      else for (const line of linesOf(directory, restored)) output.line(line);
    });
}

/** Opened before anything else is done: that there is no such file is told at once. */
async function openArchive(directory: string, file: string): Promise<Readable> {
  const piped = `${commandLine(directory, 'restore', '-', '--yes')} < FILE`;
  if (file === '-') return openInput(piped);
  const path = resolve(file);
  // A pipe that nobody writes to would be waited for.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if ((await handle.stat()).isFile()) return createReadStream('', { fd: handle });
  await handle.close();
  throw new Problem(
    'bad_request',
    `${path} is not a file. Name one that \`berthd backup\` has written, or give it through a pipe: ${piped}`,
  );
}

function openInput(piped: string): Readable {
  if (!process.stdin.isTTY) return process.stdin;
  throw new Problem('usage', `A terminal has no backup to give. Redirect one: ${piped}`);
}

function questionOf(
  directory: string,
  { manifest, config }: Plan,
  present: Config | undefined,
): string {
  const backup = `the backup of ${timeOf(manifest)} (${countsOf(config)})`;
  const state = `Invites and enrolments that wait, in ${config.settings.stateDirectory}, become those of the backup.`;
  return present === undefined
    ? `This puts ${backup} into ${directory}. ${state}`
    : `This replaces what is in ${directory} (${countsOf(present)}) by ${backup}. ${state}`;
}

const countsOf = ({ templates, accounts, revision }: Config): string =>
  `${counted(templates.size, 'template')}, ${counted(accounts.size, 'user')}, revision ${revision}`;

function linesOf(
  directory: string,
  { manifest, config, record, before }: RestoredBackup,
): string[] {
  const number = record === undefined ? '' : ` It is number ${record.number} of the history.`;
  return [
    `Restored the backup of ${timeOf(manifest)} (${countsOf(config)}) into ${directory}.${number}`,
    ...(before === undefined ? [] : [`What was there before is in ${before.path}.`]),
    ...(before?.isWhole === true
      ? [`To undo this: ${commandLine(directory, 'restore', before.path)}`]
      : []),
    `Next: ${commandLine(directory, 'serve')}`,
  ];
}

const viewOf = (
  { manifest, config, record, before, warnings }: RestoredBackup,
  rejected: readonly string[],
): object => ({
  time: manifest.time,
  files: manifest.files.map(({ path }) => path),
  revision: config.revision,
  state_directory: config.settings.stateDirectory,
  number: record?.number ?? null,
  before: before?.path ?? null,
  rejected,
  warnings,
});

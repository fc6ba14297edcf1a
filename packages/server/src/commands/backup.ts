import { resolve } from 'node:path';
import { commandLine, withFrozenConfig } from '@berth/config';
import { counted, Problem } from '@berth/contract';
import { Command } from 'commander';
import { collect } from '../backup/collect.ts';
import { isRestoring } from '../backup/journal.ts';
import type { Manifest } from '../backup/manifest.ts';
import { saveArchive } from '../backup/save-archive.ts';
import { writeArchive } from '../backup/write-archive.ts';
import { keptText } from './history/options.ts';
import {
  configOption,
  forceOption,
  jsonOption,
  type CommonOptions,
  type Output,
} from './options.ts';

interface BackupOptions extends CommonOptions {
  readonly force?: boolean;
}

export function backupCommand(output: Output): Command {
  return new Command('backup')
    .summary('back up configuration, secrets and state')
    .description(
      'Writes everything that is needed to go on elsewhere into one file that only you can read. A running server need not be stopped. The history of changes is not in it.',
    )
    .argument('<file>', 'such as berth.tar.gz; - for standard output')
    .addOption(configOption())
    .addOption(jsonOption())
    .addOption(forceOption('replace a file that is there already'))
    .action(async (file: string, options: BackupOptions) => {
      const directory = resolve(options.config);
      refuseMisuse(directory, file, options);
      const onRejected = (name: string, path: string): void => {
        output.warn(keptText(name, path));
      };
      const time = new Date();
      const { problem, config, files } = await withFrozenConfig(
        { directory, onRejected },
        async (frozen) => {
          // The configuration that decides it cannot be saved meanwhile.
          if (await isRestoring(directory)) throw restoring(directory);
          const { stateDirectory } = frozen.config.settings;
          return { ...frozen, files: await collect(directory, stateDirectory, frozen.files) };
        },
      );
      if (problem !== undefined) {
        output.warn(
          `The files do not load, so the last version of them that was valid is backed up instead. ${problem.message}`,
        );
      }
      const backup = { revision: config.revision, time, files };
      if (file === '-') {
        await writeArchive(backup, process.stdout);
        return;
      }
      const path = resolve(file);
      const manifest = await saveArchive(backup, path, options.force === true);
      if (options.json === true) output.json(viewOf(path, manifest));
      else {
        output.line(
          `Backed up ${directory} (${counted(config.accounts.size, 'user')}, revision ${config.revision}) to ${path}.`,
        );
        output.line(
          `It holds password hashes and secrets. To go back to it: ${commandLine(directory, 'restore', path)}`,
        );
      }
    });
}

const restoring = (directory: string): Problem =>
  new Problem(
    'conflict',
    `A backup is being restored into ${directory} at this moment. Try again when that is done.`,
  );

function refuseMisuse(directory: string, file: string, { json, force }: BackupOptions): void {
  if (file !== '-') return;
  if (json === true || force === true) {
    throw new Problem(
      'usage',
      'Standard output takes the backup itself: leave out --json and --force.',
    );
  }
  if (process.stdout.isTTY) {
    throw new Problem(
      'usage',
      `A terminal cannot show a backup. Redirect it: ${commandLine(directory, 'backup', '-')} > FILE`,
    );
  }
}

const viewOf = (path: string, { time, revision, files }: Manifest): object => ({
  path,
  time,
  revision,
  files: files.map((file) => file.path),
});

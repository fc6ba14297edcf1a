import { Problem, VERSION } from '@berth/contract';
import { Command, CommanderError } from 'commander';
import { adminCommand } from './commands/admin.ts';
import { backupCommand } from './commands/backup.ts';
import { checkCommand } from './commands/check/index.ts';
import { clientCommand } from './commands/client/index.ts';
import { enrollCommand } from './commands/enroll.ts';
import { historyCommand } from './commands/history/index.ts';
import { initCommand } from './commands/init.ts';
import type { Output } from './commands/options.ts';
import { createPrompt } from './commands/prompt.ts';
import { restoreCommand } from './commands/restore.ts';
import { serveCommand } from './commands/serve.ts';
import { templateCommand } from './commands/template/index.ts';
import { userCommand } from './commands/user/index.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

const FILE_TROUBLE: Readonly<Record<string, string>> = {
  EACCES: 'not allowed to this user. Run berthd as one who is, or change the owner of the folder',
  EPERM: 'not allowed to this user. Run berthd as one who is, or change the owner of the folder',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'not a folder, or below a file',
  EISDIR: 'a folder, not a file',
  ELOOP: 'symbolic links that lead in a circle',
  ENOSPC: 'the disk is full',
};

const output: Output = {
  line: (text) => process.stdout.write(`${text}\n`),
  warn: (text) => process.stderr.write(`berthd: ${text}\n`),
};

// Who reads only the first lines has what they wanted: `berthd history | head`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.exitCode = EXIT_FAILED;
    process.stderr.write(`berthd: what it says cannot be written: ${error.code}.\n`);
  });
}

const prompt = createPrompt(process);

const program = new Command('berthd')
  .description('The Berth server, and the commands of its admin.')
  .version(VERSION)
  .addCommand(initCommand(output))
  .addCommand(serveCommand(output))
  .addCommand(checkCommand(output))
  .addCommand(userCommand(output, prompt))
  .addCommand(templateCommand(output, prompt))
  .addCommand(clientCommand(output))
  .addCommand(enrollCommand(output))
  .addCommand(adminCommand(output, prompt))
  .addCommand(historyCommand(output, prompt))
  .addCommand(backupCommand(output))
  .addCommand(restoreCommand(output, prompt));
exitOverride(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

/** Commander would end the process by itself, and with 1 for wrong usage. */
function exitOverride(command: Command): void {
  command.exitOverride().showHelpAfterError('(add --help for the options)');
  for (const child of command.commands) exitOverride(child);
}

function explain(error: unknown): number {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof Problem) {
    process.stderr.write(`berthd: ${error.message}\n`);
    return error.code === 'usage' ? EXIT_USAGE : EXIT_FAILED;
  }
  const trouble = fileTrouble(error);
  if (trouble !== undefined) {
    process.stderr.write(`berthd: ${trouble}\n`);
    return EXIT_FAILED;
  }
  const { stack, message } = error instanceof Error ? error : new Error(String(error));
  const detail = process.env['BERTH_DEBUG'] === undefined ? message : (stack ?? message);
  process.stderr.write(
    `berthd: this should not have happened: ${detail}\nSet BERTH_DEBUG=1 for the whole story, and please report it.\n`,
  );
  return EXIT_FAILED;
}

/** What a file system refuses is for the person at the machine to settle: which file, and why. */
function fileTrouble(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('path' in error) || !('code' in error)) return undefined;
  const { path, code } = error;
  if (typeof path !== 'string' || typeof code !== 'string') return undefined;
  const reason = FILE_TROUBLE[code];
  return reason && `${path}: ${reason} (${code}).`;
}

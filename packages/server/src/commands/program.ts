import { Problem, VERSION } from '@berth/contract';
import { Command, type CommanderError } from 'commander';
import { adminCommand } from './admin.ts';
import { auditCommand } from './audit.ts';
import { backupCommand } from './backup.ts';
import { endRestoresBefore } from './before.ts';
import { checkCommand } from './check/index.ts';
import { clientCommand } from './client/index.ts';
import { enrollCommand } from './enroll.ts';
import { helpCommand } from './help.ts';
import { historyCommand } from './history/index.ts';
import { initCommand } from './init.ts';
import { logsCommand } from './logs.ts';
import type { Output } from './options.ts';
import type { Prompt } from './prompt.ts';
import { restoreCommand } from './restore.ts';
import { serveCommand } from './serve.ts';
import { templateCommand } from './template/index.ts';
import { userCommand } from './user/index.ts';

/** All of `berthd`. What is wrong with a command line it throws as `usage`. */
export function createProgram(output: Output, prompt: Prompt): Command {
  const program = new Command('berthd')
    .description('The Berth server, and the commands of its admin.')
    .version(VERSION)
    .hook('preAction', (_program, command) => endRestoresBefore(command, output))
    .addCommand(initCommand(output))
    .addCommand(serveCommand(output))
    .addCommand(checkCommand(output))
    .addCommand(userCommand(output, prompt))
    .addCommand(templateCommand(output, prompt))
    .addCommand(clientCommand(output))
    .addCommand(enrollCommand(output))
    .addCommand(adminCommand(output, prompt))
    .addCommand(historyCommand(output, prompt))
    .addCommand(logsCommand(output))
    .addCommand(auditCommand(output))
    .addCommand(backupCommand(output))
    .addCommand(restoreCommand(output, prompt));
  program.addCommand(helpCommand(program));
  throwUsage(program, 'berthd');
  return program;
}

/** Commander would print what is wrong in its own way, and end the process by itself. */
function throwUsage(command: Command, name: string): void {
  command.configureOutput({ outputError: () => undefined }).exitOverride((error) => {
    throw error.exitCode === 0 ? error : usage(error, command, name);
  });
  for (const child of command.commands) throwUsage(child, `${name} ${child.name()}`);
}

/** What Commander found wrong, in our words. */
function usage(error: CommanderError, { commands, options }: Command, name: string): Problem {
  // The help that it prints where no command is named counts as an error without a message.
  if (error.code === 'commander.help') {
    const names = commands.map((command) => command.name()).join(', ');
    return new Problem('usage', `Which command of ${name}? There are: ${names}.`);
  }
  const [headline = '', suggestion] = withoutValues(error.message).split('\n');
  const canBePassword =
    /^(?:too many|unknown option '--?p)/.test(headline) &&
    options.some(({ long }) => long === '--password-stdin');
  return new Problem(
    'usage',
    [
      `${headline.charAt(0).toUpperCase()}${headline.slice(1).replace(/\.$/, '')}.`,
      ...(suggestion === undefined ? [] : [suggestion.replace(/^\((.*)\)$/, '$1')]),
      ...(canBePassword
        ? ['A password is no argument: it is asked for, or read with --password-stdin.']
        : []),
      `To see what is possible: ${name} --help`,
    ].join('\n'),
  );
}

/** What stands where nothing of the kind belongs can be a password. */
function withoutValues(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/^(too many arguments.*? but got \d+): [^]*$/, '$1')
    .replace(/^(unknown option '(?:--[^=]*|-[^-]))[^]*?('(?:\n\(Did you mean .*\))?)$/, '$1$2');
}

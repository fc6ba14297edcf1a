import { closest, Problem, VERSION } from '@berth/contract';
import { Command as Parser, CommanderError } from 'commander';
import type { Command, Input } from './command.ts';

export interface GlobalOptions {
  readonly server: string | undefined;
  readonly isVerbose: boolean;
}

export interface ProgramOptions {
  readonly commands: readonly Command[];
  /** Prints help and version. */
  readonly write: (text: string) => void;
  readonly execute: (command: Command, input: Input, options: GlobalOptions) => Promise<void>;
}

/** Understands a command line and has the command executed. Throws `usage` for one that is wrong. */
export async function runProgram(argv: readonly string[], options: ProgramOptions): Promise<void> {
  const program = createParser(options);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // `berth` alone shows the help, which Commander counts as a failure.
    if (error.exitCode === 0 || error.code === 'commander.help') return;
    throw usage(error, options.commands, argv);
  }
}

function createParser({ commands, write, execute }: ProgramOptions): Parser {
  const program = new Parser('berth')
    .description('Your containers on the server of your team.')
    .usage('COMMAND [OPTIONS]')
    .version(`berth ${VERSION}`, '--version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .option(
      '--server <context or URL>',
      'the server to use, as berth login called it (also: BERTH_SERVER)',
    )
    .option('-v, --verbose', 'say more when something fails')
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: write, outputError: () => undefined })
    .configureHelp({ showGlobalOptions: true })
    .helpCommand(false)
    .addHelpText('after', '\nExplain one command: berth help COMMAND');
  for (const command of commands) {
    const parser = program
      .command(command.name)
      .summary(command.summary)
      .description([`${command.summary}.`, command.details ?? ''].join('\n').trim())
      .addHelpText('after', examplesOf(command));
    for (const { flags, about } of command.arguments) parser.argument(flags, about);
    for (const { flags, about } of command.options) parser.option(flags, about);
    parser.action(async () => {
      await execute(command, inputOf(parser), globalsOf(program));
    });
  }
  program
    .command('help')
    .summary('Explain a command')
    .description('Explain a command.')
    .argument('[command]', 'the command')
    .action((name: string = program.name()) => {
      const subject = [program, ...program.commands].find((each) => each.name() === name);
      if (subject === undefined) throw unknownCommand(name, commands);
      subject.outputHelp();
    });
  return program;
}

function examplesOf({ examples }: Command): string {
  const width = Math.max(...examples.map(({ command }) => command.length));
  const lines = examples.map(({ command, does }) => `  ${command.padEnd(width)}  ${does}`);
  return ['\nExamples:', ...lines].join('\n');
}

function inputOf(parser: Parser): Input {
  const options: Readonly<Record<string, unknown>> = parser.opts();
  return {
    arguments: parser.args,
    flag: (name) => options[name] === true,
    value: (name) => {
      const value = options[name];
      return typeof value === 'string' ? value : undefined;
    },
  };
}

function globalsOf(program: Parser): GlobalOptions {
  const input = inputOf(program);
  return { server: input.value('server'), isVerbose: input.flag('verbose') };
}

/** What Commander found wrong, in our words. */
function usage(
  error: CommanderError,
  commands: readonly Command[],
  argv: readonly string[],
): Problem {
  const [headline = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const subject = commands.find(({ name }) => argv.includes(name));
  return new Problem(
    'usage',
    [
      `${headline.charAt(0).toUpperCase()}${headline.slice(1)}`,
      ...(suggestion === undefined ? [] : [suggestion.replace(/^\((.*)\)$/, '$1')]),
      `To see what is possible: berth help${subject === undefined ? '' : ` ${subject.name}`}`,
    ].join('\n'),
  );
}

function unknownCommand(name: string, commands: readonly Command[]): Problem {
  const near = closest(name, [...commands.map((command) => command.name), 'help']);
  const suggestion = near === undefined ? '' : `\nDid you mean ${near}?`;
  return new Problem('usage', `Unknown command '${name}'${suggestion}\nTo see all: berth help`);
}

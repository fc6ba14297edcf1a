import { closest } from '@berth/contract';
import { Command } from 'commander';

/** Commander's own looks at one word only: of `help history restore` it explains `history`. */
export function helpCommand(program: Command): Command {
  return new Command('help')
    .summary('display help for command')
    .argument('[command...]')
    .action((words: string[]) => words.reduce(childOf, program).help());
}

function childOf(parent: Command, name: string): Command {
  const child = parent.commands.find((command) => command.name() === name);
  if (child !== undefined) return child;
  const near = closest(
    name,
    parent.commands.map((command) => command.name()),
  );
  const suggestion = near === undefined ? '' : `\n(Did you mean ${near}?)`;
  return parent.error(`error: unknown command '${name}'${suggestion}`);
}

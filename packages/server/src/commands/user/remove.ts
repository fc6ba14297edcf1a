import { resolve } from 'node:path';
import { findUser, loadConfig, removeUser } from '@berth/config';
import { counted, Problem, type UserView } from '@berth/contract';
import { Command } from 'commander';
import { editConfig } from '../edit.ts';
import { expectShown } from '../../expect-shown.ts';
import { ifRevisionOption, type RevisionOptions } from '../if-revision.ts';
import {
  configOption,
  jsonOption,
  yesOption,
  type CommonOptions,
  type Output,
} from '../options.ts';
import type { Prompt } from '../prompt.ts';
import { userView } from '../../accounts/user-view.ts';

interface RemoveOptions extends CommonOptions, RevisionOptions {
  readonly yes?: boolean;
}

export function removeCommand(output: Output, prompt: Prompt): Command {
  return new Command('remove')
    .summary('remove a user')
    .description(
      'Removes a user with their clients and their own file. A running server ends their containers; their volumes stay.',
    )
    .argument('<user>', 'name or UUID')
    .addOption(configOption())
    .addOption(jsonOption())
    .addOption(yesOption())
    .addOption(ifRevisionOption('user show'))
    .action(async (ref: string, options: RemoveOptions) => {
      const before = await loadConfig(resolve(options.config));
      const view = userView(before, findUser(before, ref));
      if (options.yes !== true && !(await isAgreed(view, prompt))) {
        throw new Problem('cancelled', 'Nothing was removed.');
      }
      // By UUID: while the question stood, another may have got the name.
      const what = `remove user ${view.username}`;
      await editConfig(options, output, what, async (edit, history) => {
        await expectShown(edit, history, { kind: 'user', id: view.id }, options.ifRevision);
        removeUser(edit, view.id);
      });
      if (options.json === true) {
        output.json(view);
        return;
      }
      output.line(`Removed ${view.username} (${view.id}): ${whatGoes(view)}.`);
      // Who was asked has read it already.
      if (options.yes === true) for (const line of whatStays(view)) output.line(line);
    });
}

async function isAgreed(view: UserView, prompt: Prompt): Promise<boolean> {
  if (!prompt.isTerminal) {
    throw new Problem(
      'usage',
      `This removes ${view.username} (${view.id}): ${whatGoes(view)}. There is no terminal to ask on; to agree beforehand add --yes.`,
    );
  }
  prompt.tell(`This removes ${view.username} (${view.id}): ${whatGoes(view)}.`);
  for (const line of whatStays(view)) prompt.tell(line);
  return prompt.confirm(`Remove ${view.username}?`);
}

function whatGoes({ clients, own_file }: UserView): string {
  const names = clients.map(({ name }) => name).join(', ');
  return [
    'their entry',
    clients.length === 0 ? 'no clients' : `${counted(clients.length, 'client')} (${names})`,
    ...(own_file === null ? [] : [own_file]),
  ].join(', ');
}

/** The truth about the engine: the command touches nothing there; the server’s sweep does. */
function whatStays({ id }: UserView): string[] {
  return [
    'A running server ends their containers within 15 seconds. Volumes keep their files until you remove them:',
    `  docker volume ls --filter label=io.berth.owner=${id}`,
  ];
}

import { findTemplates, findUser, giveTemplates, takeTemplates } from '@berth/config';
import { Command } from 'commander';
import { editConfig } from '../edit.ts';
import { expectShown } from '../../expect-shown.ts';
import { ifRevisionOption, type RevisionOptions } from '../if-revision.ts';
import {
  configOption,
  forceOption,
  jsonOption,
  type CommonOptions,
  type Output,
} from '../options.ts';
import { viewOf } from './view.ts';

interface AssignOptions extends CommonOptions, RevisionOptions {
  readonly force?: boolean;
}

export const assignCommand = (output: Output): Command =>
  assignment(output, 'assign', giveTemplates).summary('let users start a template');

export const unassignCommand = (output: Output): Command =>
  assignment(output, 'unassign', takeTemplates)
    .summary('take a template from users')
    .description('Ends new starts of theirs. What runs goes on.');

function assignment(
  output: Output,
  verb: 'assign' | 'unassign',
  assign: typeof giveTemplates,
): Command {
  return new Command(verb)
    .argument('<template>')
    .argument('<user...>', 'names or UUIDs')
    .addOption(configOption())
    .addOption(jsonOption())
    .addOption(ifRevisionOption('template show'))
    .addOption(forceOption('also where a user’s own file closes their container access'))
    .action(async (name: string, users: string[], options: AssignOptions) => {
      const what = `${verb} template ${name}: ${users.join(', ')}`;
      const { config } = await editConfig(options, output, what, async (edit, history) => {
        findTemplates(edit.config, [name]);
        await expectShown(edit, history, { kind: 'template', name }, options.ifRevision);
        for (const user of users) {
          assign(edit, findUser(edit.config, user).id, [name], { force: options.force === true });
        }
      });
      const view = viewOf(config, name);
      if (options.json === true) output.json(view);
      else output.line(`${name} may now be started by: ${view.users.join(', ') || 'nobody'}.`);
    });
}

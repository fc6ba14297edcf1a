import { removeTemplate } from '@berth/config';
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

interface RemoveOptions extends CommonOptions, RevisionOptions {
  readonly force?: boolean;
}

export function removeCommand(output: Output): Command {
  return new Command('remove')
    .summary('remove a template')
    .description('Ends new starts. What runs goes on.')
    .argument('<template>')
    .addOption(configOption())
    .addOption(jsonOption())
    .addOption(ifRevisionOption('template show'))
    .addOption(
      forceOption(
        'take it from every user too, with their overrides of it, also where their own file closes their container access',
      ),
    )
    .action(async (name: string, options: RemoveOptions) => {
      const what = `remove template ${name}`;
      const { result } = await editConfig(options, output, what, async (edit, history) => {
        await expectShown(edit, history, { kind: 'template', name }, options.ifRevision);
        const references = removeTemplate(edit, name, { force: options.force === true });
        return { ...viewOf(edit.config, name), references };
      });
      const { references } = result;
      if (options.json === true) {
        output.json(result);
        return;
      }
      const from = references.map(({ username }) => username).join(', ');
      output.line(`Removed ${name}${from && `, and took it from ${from}`}.`);
    });
}

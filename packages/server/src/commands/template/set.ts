import { replaceTemplate, updateTemplate } from '@berth/config';
import { Command } from 'commander';
import { editConfig, makesDifference } from '../edit.ts';
import { expectShown } from '../../expect-shown.ts';
import { ifRevisionOption, type RevisionOptions } from '../if-revision.ts';
import { configOption, jsonOption, type CommonOptions, type Output } from '../options.ts';
import type { Prompt } from '../prompt.ts';
import { templateFrom, templateInput, type TemplateOptions } from './input.ts';
import { viewOf } from './view.ts';

interface SetOptions extends CommonOptions, RevisionOptions, TemplateOptions {}

export function setCommand(output: Output, prompt: Prompt): Command {
  return templateInput(
    new Command('set')
      .summary('change a template')
      .description(
        'Changes the keys that are named; nothing behind the = takes a key away. Holds for what is started from then on.',
      )
      .argument('<template>'),
  )
    .addOption(ifRevisionOption('template show'))
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (name: string, words: string[], options: SetOptions) => {
      const { isWhole, value } = await templateFrom(prompt, words, options);
      const keys = isWhole ? 'all of it' : words.map((word) => word.split('=')[0]).join(', ');
      const what = `change template ${name} (${keys})`;
      const { config, result: isChanged } = await editConfig(
        options,
        output,
        what,
        async (edit, history) => {
          await expectShown(edit, history, { kind: 'template', name }, options.ifRevision);
          const change = isWhole ? replaceTemplate : updateTemplate;
          return makesDifference(
            () => edit.value('containers.yaml', ['containers', name]),
            () => change(edit, name, value),
          );
        },
      );
      if (options.json === true) output.json(viewOf(config, name));
      else if (!isChanged) output.line(`Nothing changed: ${name} was like that already.`);
      else output.line(`Changed ${name}: ${keys}. What runs already stays as it was started.`);
    });
}

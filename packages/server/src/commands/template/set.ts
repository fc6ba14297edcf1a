import { expectRevision, replaceTemplate, updateTemplate } from '@berth/config';
import { Command } from 'commander';
import { editConfig } from '../edit.ts';
import { configOption, jsonOption, type CommonOptions, type Output } from '../options.ts';
import type { Prompt } from '../prompt.ts';
import { templateFrom, templateInput, type TemplateOptions } from './input.ts';
import { viewOf } from './view.ts';

interface SetOptions extends CommonOptions, TemplateOptions {
  readonly ifRevision?: string;
}

export function setCommand(output: Output, prompt: Prompt): Command {
  return templateInput(
    new Command('set')
      .summary('change a template')
      .description(
        'Changes the keys that are named; nothing behind the = takes a key away. Holds for what is started from then on.',
      )
      .argument('<template>'),
  )
    .option('--if-revision <revision>', 'only if it is still as `template show` showed it')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (name: string, words: string[], options: SetOptions) => {
      const { isWhole, value } = await templateFrom(prompt, words, options);
      const keys = isWhole ? 'all of it' : words.map((word) => word.split('=')[0]).join(', ');
      const what = `change template ${name} (${keys})`;
      const { config } = await editConfig(options, output, what, async (edit, history) => {
        const { ifRevision } = options;
        if (ifRevision !== undefined) {
          const subject = `The template ${name}`;
          await expectRevision(edit, history, { kind: 'template', name }, ifRevision, subject);
        }
        const change = isWhole ? replaceTemplate : updateTemplate;
        change(edit, name, value);
      });
      if (options.json === true) output.json(viewOf(config, name));
      else output.line(`Changed ${name}: ${keys}. What runs already stays as it was started.`);
    });
}

import { addTemplate, commandLine } from '@berth/config';
import { Command } from 'commander';
import { editConfig } from '../edit.ts';
import {
  configOption,
  jsonOption,
  parseName,
  type CommonOptions,
  type Output,
} from '../options.ts';
import type { Prompt } from '../prompt.ts';
import { templateFrom, templateInput, type TemplateOptions } from './input.ts';
import { viewOf } from './view.ts';

export function addCommand(output: Output, prompt: Prompt): Command {
  return templateInput(
    new Command('add')
      .summary('add a template')
      .argument('<name>', 'lower-case letters, digits and hyphens', parseName),
  )
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (name: string, words: string[], options: CommonOptions & TemplateOptions) => {
      const { value } = await templateFrom(prompt, words, options);
      const { config } = await editConfig(options, output, `add template ${name}`, (edit) => {
        addTemplate(edit, name, value);
      });
      if (options.json === true) output.json(viewOf(config, name));
      else {
        output.line(
          `Added ${name}. To give it to somebody: ${commandLine(config.directory, 'template', 'assign', name, 'USER')}`,
        );
      }
    });
}

import { resolve } from 'node:path';
import { findTemplates, loadConfig, writeFlow, type JsonObject } from '@berth/config';
import type { Template } from '@berth/contract';
import { Command } from 'commander';
import { configOption, jsonOption, type CommonOptions, type Output } from '../options.ts';
import { viewOf } from './view.ts';

export function showCommand(output: Output): Command {
  return new Command('show')
    .summary('show every key of a template, defaults too')
    .description('Shows every key of a template, defaults too, with the secrets in its env.')
    .argument('<template>')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (name: string, options: CommonOptions) => {
      const config = await loadConfig(resolve(options.config));
      findTemplates(config, [name]);
      const view = viewOf(config, name);
      if (options.json === true) {
        output.json(view);
        return;
      }
      output.line(name);
      for (const [key, value] of assignmentsOf(view.template)) output.line(`  ${key}=${value}`);
      output.line(`  users: ${view.users.join(', ') || 'none'}`);
      output.line(`  revision: ${view.revision}`);
    });
}

/** Every key with its value, in the form in which `template set` takes them. */
function assignmentsOf(template: Template): [key: string, value: string][] {
  const json: JsonObject = template;
  return Object.entries(json).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([inner, each]): [string, string] => [
          `${key}.${inner}`,
          writeFlow(each),
        ])
      : [[key, writeFlow(value)]],
  );
}

import { readFile } from 'node:fs/promises';
import { patchFrom, type JsonObject } from '@berth/config';
import { formatIssue } from '@berth/config/issue';
import { parseYaml } from '@berth/config/yaml';
import { Problem, Template } from '@berth/contract';
import type { Command } from 'commander';
import type { Prompt } from '../prompt.ts';

export interface TemplateOptions {
  readonly file?: string;
}

export function templateInput(command: Command): Command {
  return command
    .argument('[key=value...]', 'as in resources.memory=8g; the value is YAML')
    .option('--file <file>', 'take the whole template from a YAML file; - is standard input');
}

/** A template from a file, or what the words change; not both. */
export async function templateFrom(
  prompt: Prompt,
  words: readonly string[],
  { file }: TemplateOptions,
): Promise<{ readonly isWhole: boolean; readonly value: JsonObject }> {
  if (file === undefined) {
    if (words.length > 0) return { isWhole: false, value: patchFrom(Template, words) };
    throw new Problem('usage', 'Nothing was named. Give KEY=VALUE, or --file FILE.');
  }
  if (words.length > 0) {
    throw new Problem(
      'usage',
      'A file has the whole template: give --file or KEY=VALUE, not both.',
    );
  }
  const text = file === '-' ? await prompt.input() : await readFile(file, 'utf8');
  return { isWhole: true, value: parsed(file === '-' ? 'standard input' : file, text) };
}

/** The `...` that our own files must end with is not asked for here. */
function parsed(file: string, text: string): JsonObject {
  const result = parseYaml(file, text, { isPart: true });
  if (Array.isArray(result)) {
    throw new Problem('bad_request', result.map(formatIssue).join('\n'));
  }
  const { value } = result;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw new Problem(
    'bad_request',
    `${file} has no template: it must be a mapping, as in image: registry.example/lab:1`,
  );
}

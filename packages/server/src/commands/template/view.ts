import { revisionOfResource, type Account, type Config } from '@berth/config';
import { Problem, type Template } from '@berth/contract';

export type TemplateInfo = ReturnType<typeof templateView>;

/** A template as commands show it: every key, defaults filled in, and who may start it. */
export function templateView(config: Config, name: string, template: Template) {
  return {
    name,
    template,
    users: usersOf(config, name),
    revision: revisionOfResource(config, { kind: 'template', name }),
  };
}

/** The template of a configuration that surely has it. */
export function viewOf(config: Config, name: string): TemplateInfo {
  const template = config.templates.get(name);
  if (template === undefined) throw new Problem('internal', `The template ${name} is gone.`);
  return templateView(config, name, template);
}

function usersOf({ accounts }: Config, name: string): string[] {
  return [...accounts.values()]
    .filter((account: Account) => account.templates.has(name))
    .map(({ username }) => username)
    .toSorted();
}

import {
  addTemplate,
  findTemplates,
  findUser,
  giveTemplates,
  removeTemplate,
  replaceTemplate,
  revisionOfResource,
  takeTemplates,
  type Config,
  type ConfigStore,
  type Edit,
  type EditConfig,
} from '@berth/config';
import type {
  AdminTemplate,
  AdminTemplateList,
  Name,
  NewTemplate,
  RemovedTemplate,
  Uuid,
  WrittenTemplate,
} from '@berth/contract';
import { expectShown } from '../expect-shown.ts';
import type { Change } from '../http/if-match.ts';

/** What admins do with templates. `not_found` for one that is not there. */
export interface Templates {
  list(): AdminTemplateList;
  view(name: Name): AdminTemplate;
  add(entry: NewTemplate, by: Name): Promise<AdminTemplate>;
  replace(name: Name, template: WrittenTemplate, made: Change): Promise<AdminTemplate>;
  /** `conflict` where users refer to it, unless it is taken from them by force. */
  remove(name: Name, force: boolean, made: Change): Promise<RemovedTemplate>;
  /** Lets users start it, or no more. */
  assign(
    name: Name,
    verb: 'assign' | 'unassign',
    users: readonly Uuid[],
    made: Change,
  ): Promise<AdminTemplate>;
}

export function createTemplates(options: {
  readonly config: () => Config;
  readonly edit: EditConfig;
  readonly history: ConfigStore['history'];
}): Templates {
  const { config, edit, history } = options;

  const viewOf = (name: Name, users: number): AdminTemplate => {
    findTemplates(config(), [name]);
    const template = config().templates.get(name);
    if (template === undefined) throw new Error(`The template ${name} is there and is not`);
    const revision = revisionOfResource(config(), { kind: 'template', name });
    return { name, template, users, revision };
  };

  const view = (name: Name): AdminTemplate => viewOf(name, countUsers(config()).get(name) ?? 0);

  const editOne = <T>(
    name: Name,
    what: string,
    change: (one: Edit) => T,
    { by, revision }: Change,
  ): Promise<T> =>
    edit({ by, what }, async (one) => {
      findTemplates(one.config, [name]);
      await expectShown(one, history, { kind: 'template', name }, revision);
      return change(one);
    });

  return {
    list: () => {
      const counts = countUsers(config());
      const names = [...config().templates.keys()].toSorted();
      return { templates: names.map((name) => viewOf(name, counts.get(name) ?? 0)) };
    },

    view,

    add: async ({ name, template }, by) => {
      await edit({ by, what: `add template ${name}` }, (one) => {
        addTemplate(one, name, template);
      });
      return view(name);
    },

    replace: async (name, template, made) => {
      const change = (one: Edit): void => {
        replaceTemplate(one, name, template);
      };
      await editOne(name, `change template ${name} (all of it)`, change, made);
      return view(name);
    },

    remove: async (name, force, made) => {
      const change = (one: Edit) => removeTemplate(one, name, { force });
      const references = await editOne(name, `remove template ${name}`, change, made);
      return { name, taken_from: references.map(({ username }) => username) };
    },

    assign: async (name, verb, users, made) => {
      const give = verb === 'assign' ? giveTemplates : takeTemplates;
      const names = users.map((id) => findUser(config(), id).username);
      const change = (one: Edit): void => {
        for (const id of users) give(one, findUser(one.config, id).id, [name]);
      };
      await editOne(name, `${verb} template ${name}: ${names.join(', ')}`, change, made);
      return view(name);
    },
  };
}

/** In one pass, however many templates there are. */
function countUsers({ accounts }: Config): ReadonlyMap<Name, number> {
  const counts = new Map<Name, number>();
  for (const { templates } of accounts.values()) {
    for (const name of templates) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

import {
  denyTemplates,
  findUser,
  giveTemplates,
  ownFileOf,
  patchFrom,
  setAccess,
  updateOwnFile,
  updateUser,
  type Edit,
} from '@berth/config';
import { Problem, UserFile, type Right, type Uuid } from '@berth/contract';
import { Command, InvalidArgumentError, Option } from 'commander';
import { editConfig, makesDifference } from '../edit.ts';
import { expectShown } from '../../expect-shown.ts';
import { ifRevisionOption, type RevisionOptions } from '../if-revision.ts';
import {
  collect,
  configOption,
  forceOption,
  jsonOption,
  parseList,
  parseName,
  parseRights,
  type CommonOptions,
  type Output,
} from '../options.ts';
import { metadataFrom } from './metadata.ts';
import { userView } from '../../accounts/user-view.ts';

interface SetOptions extends CommonOptions, RevisionOptions {
  readonly name?: string;
  readonly containers?: string[];
  readonly allow?: string[];
  readonly deny?: string[];
  readonly rights?: Right[];
  readonly metadata?: string[];
  readonly limit?: string[];
  readonly override?: string[];
  readonly disable?: boolean;
  readonly enable?: boolean;
  readonly force?: boolean;
}

export function setCommand(output: Output): Command {
  return new Command('set')
    .summary('change a user')
    .description(
      "Changes what is named and nothing else. Nothing behind a = takes the key away. '' empties the list of --containers and of --rights.",
    )
    .argument('<user>', 'name or UUID')
    .addOption(configOption())
    .addOption(jsonOption())
    .option('--name <name>', 'a new name', parseName)
    .option('--allow <templates>', 'templates they may start too: a,b,c', parseAllow)
    .option(
      '--deny <templates>',
      'further templates they may not start, whatever gives them',
      parseDeny,
    )
    .option('--containers <templates>', 'put these in place of the list in users.yaml', parseList)
    .option('--rights <rights>', 'admin, monitor; no others', parseRights)
    .option('--metadata <key=value>', 'a note; may be repeated', collect)
    .option('--limit <key=value>', 'containers, cpus, memory or pids; may be repeated', collect)
    .option(
      '--override <template.key=value>',
      'env.NAME, resources.KEY or persist; may be repeated',
      collect,
    )
    .addOption(new Option('--disable', 'refuse every client of theirs').conflicts('enable'))
    .option('--enable', 'let their clients in again')
    .addOption(ifRevisionOption('user show'))
    .addOption(forceOption('edit their container access though their file closes it'))
    .action(async (ref: string, options: SetOptions) => {
      const changes = changesOf(options);
      const { config, result } = await editConfig(
        options,
        output,
        `change user ${ref} (${changes.map(({ option }) => option).join(', ')})`,
        async (edit, history) => {
          const { id } = findUser(edit.config, ref);
          await expectShown(edit, history, { kind: 'user', id }, options.ifRevision);
          const said = () => [
            edit.value('users.yaml', ['users', id]),
            edit.value(ownFileOf(id), []),
          ];
          const changed = changes.filter(({ make }) => makesDifference(said, () => make(edit, id)));
          return { id, changed };
        },
      );
      const view = userView(config, findUser(config, result.id));
      const changed = result.changed.map(({ option }) => option).join(', ');
      if (options.json === true) output.json(view);
      else if (changed === '')
        output.line(`Nothing changed: ${view.username} was like that already.`);
      else output.line(`Changed ${view.username}: ${changed}.`);
    });
}

const parseAllow = (text: string): string[] =>
  parseSome(text, "--allow only adds. To empty the list in users.yaml: --containers ''.");

const parseDeny = (text: string): string[] =>
  parseSome(text, '--deny only adds. To let them start one again: --allow TEMPLATE.');

/** A list that adds something. */
function parseSome(text: string, why: string): string[] {
  const items = parseList(text);
  if (items.length > 0) return items;
  throw new InvalidArgumentError(`Name a template: ${why}`);
}

/** What one option changes of a user. */
interface Change {
  readonly option: string;
  make(edit: Edit, id: Uuid): void;
}

function changesOf(options: SetOptions): Change[] {
  const { allow, deny } = options;
  const both = allow?.find((name) => deny?.includes(name));
  if (both !== undefined) throw new Problem('usage', `${both} cannot be both allowed and denied.`);
  const access = { force: options.force === true };
  const { limits, overrides } = UserFile.properties;
  const changes = [
    ...change('name', options.name, (edit, id, username) => updateUser(edit, id, { username })),
    ...change('containers', options.containers, (edit, id, containers) =>
      setAccess(edit, id, { containers }, access),
    ),
    ...change('allow', allow, (edit, id, names) => giveTemplates(edit, id, names, access)),
    ...change('deny', deny, (edit, id, names) => denyTemplates(edit, id, names, access)),
    ...change('rights', options.rights, (edit, id, rights) => updateUser(edit, id, { rights })),
    ...change('metadata', options.metadata, (edit, id, words) =>
      updateUser(edit, id, { metadata: metadataFrom(words) }),
    ),
    ...change('limit', options.limit, (edit, id, words) =>
      updateOwnFile(edit, id, { limits: patchFrom(limits, words) }),
    ),
    ...change('override', options.override, (edit, id, words) =>
      updateOwnFile(edit, id, { overrides: patchFrom(overrides, words) }),
    ),
    ...change('disable', options.disable, (edit, id) => updateUser(edit, id, { disabled: true })),
    ...change('enable', options.enable, (edit, id) => updateUser(edit, id, { disabled: null })),
  ];
  if (changes.length > 0) return changes;
  throw new Problem('usage', 'Nothing to change was named. See: berthd user set --help');
}

function change<T>(
  option: string,
  value: T | undefined,
  make: (edit: Edit, id: Uuid, value: T) => void,
): Change[] {
  return value === undefined ? [] : [{ option, make: (edit, id) => make(edit, id, value) }];
}

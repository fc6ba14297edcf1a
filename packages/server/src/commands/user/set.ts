import {
  denyTemplates,
  findUser,
  giveTemplates,
  patchFrom,
  setAccess,
  updateOwnFile,
  updateUser,
  type Edit,
  type UserPatch,
} from '@berth/config';
import { Problem, UserFile, type Right } from '@berth/contract';
import { Command, Option } from 'commander';
import { editConfig } from '../edit.ts';
import { expectShown, ifRevisionOption, type RevisionOptions } from '../if-revision.ts';
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
import { userView } from './view.ts';

/** What can be changed of a user, each by an option. */
interface Changes {
  readonly name?: string;
  readonly allow?: string[];
  readonly deny?: string[];
  readonly containers?: string[];
  readonly rights?: Right[];
  readonly metadata?: string[];
  readonly limit?: string[];
  readonly override?: string[];
  readonly disable?: boolean;
  readonly enable?: boolean;
}

interface SetOptions extends Changes, CommonOptions, RevisionOptions {
  readonly force?: boolean;
}

export function setCommand(output: Output): Command {
  return new Command('set')
    .summary('change a user')
    .description(
      'Changes what is named and nothing else. Nothing behind a = takes the key away, and an empty list empties it.',
    )
    .argument('<user>', 'name or UUID')
    .addOption(configOption())
    .addOption(jsonOption())
    .option('--name <name>', 'a new name', parseName)
    .option('--allow <templates>', 'templates they may start too: a,b,c', parseList)
    .option('--deny <templates>', 'templates they may not start, whatever gives them', parseList)
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
      const changed = changedBy(options);
      const { config, result } = await editConfig(
        options,
        output,
        `change user ${ref} (${changed.join(', ')})`,
        async (edit, history) => {
          const { id } = findUser(edit.config, ref);
          await expectShown(edit, history, { kind: 'user', id }, options);
          apply(edit, id, options);
          return id;
        },
      );
      const view = userView(config, findUser(config, result));
      if (options.json === true) output.json(view);
      else output.line(`Changed ${view.username}: ${changed.join(', ')}.`);
    });
}

const CHANGES = [
  'name',
  'allow',
  'deny',
  'containers',
  'rights',
  'metadata',
  'limit',
  'override',
  'disable',
  'enable',
] as const satisfies (keyof Changes)[];

function changedBy(options: Changes): string[] {
  const changed = CHANGES.filter((key) => options[key] !== undefined);
  if (changed.length > 0) return changed;
  throw new Problem('usage', 'Nothing to change was named. See: berthd user set --help');
}

function apply(edit: Edit, id: string, options: SetOptions): void {
  const { containers, allow, deny, limit, override } = options;
  const both = allow?.find((name) => deny?.includes(name));
  if (both !== undefined) throw new Problem('usage', `${both} cannot be both allowed and denied.`);
  const access = { force: options.force === true };
  updateUser(edit, id, patchOf(options));
  if (containers !== undefined) setAccess(edit, id, { containers }, access);
  if (allow !== undefined) giveTemplates(edit, id, allow, access);
  if (deny !== undefined) denyTemplates(edit, id, deny, access);
  const { limits, overrides } = UserFile.properties;
  if (limit !== undefined) updateOwnFile(edit, id, { limits: patchFrom(limits, limit) });
  if (override !== undefined) {
    updateOwnFile(edit, id, { overrides: patchFrom(overrides, override) });
  }
}

function patchOf({ name, rights, metadata, disable, enable }: Changes): UserPatch {
  return {
    ...(name === undefined ? {} : { username: name }),
    ...(rights === undefined ? {} : { rights }),
    ...(metadata === undefined ? {} : { metadata: metadataFrom(metadata) }),
    ...(disable === true ? { disabled: true } : {}),
    ...(enable === true ? { disabled: null } : {}),
  };
}

import { resolve } from 'node:path';
import { findUser, loadConfig, writeFlow } from '@berth/config';
import type { UserView } from '@berth/contract';
import { Command } from 'commander';
import { expiryText } from '../expiry.ts';
import { configOption, jsonOption, type CommonOptions, type Output } from '../options.ts';
import { table } from '../table.ts';
import { userView } from '../../accounts/user-view.ts';

export function showCommand(output: Output): Command {
  return new Command('show')
    .summary('show all about a user')
    .description(
      'Shows all about a user but hashes, with the secrets in the env of their overrides.',
    )
    .argument('<user>', 'name or UUID')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (ref: string, options: CommonOptions) => {
      const config = await loadConfig(resolve(options.config));
      const view = userView(config, findUser(config, ref));
      if (options.json === true) output.json(view);
      else for (const line of linesOf(view, new Date())) output.line(line);
    });
}

function linesOf(user: UserView, now: Date): string[] {
  const { limits } = user;
  const rows = [
    ['UUID', user.id],
    ['state', user.disabled ? 'disabled: every client of theirs is refused' : 'active'],
    ['password', passwordText(user)],
    ['rights', listText(user.rights)],
    ['metadata', pairsText(user.metadata)],
    ['may start', listText(user.templates)],
    ['  users.yaml', listText(user.containers)],
    ['  allow', listText(user.allow)],
    ['  deny', listText(user.deny)],
    ['limits', pairsText(limits)],
    ...Object.entries(user.overrides).map(([name, override]) => [
      `override ${name}`,
      writeFlow(override),
    ]),
    ['own file', ownFileText(user)],
    ['revision', user.revision],
  ];
  const clients = user.clients.map(({ id, name, created, expires }) => [
    '',
    name,
    id,
    created,
    expiryText(expires, now),
  ]);
  const [, ...details] = table(['', ''], rows);
  return [
    user.username,
    ...details.map((line) => `  ${line}`),
    ...(clients.length === 0
      ? ['  no clients']
      : table(['', 'CLIENT', 'UUID', 'CREATED', 'EXPIRES'], clients)),
  ];
}

const listText = (items: readonly string[]): string => items.join(', ') || '-';

function pairsText(pairs: Readonly<Record<string, string | number>>): string {
  return listText(Object.entries(pairs).map(([key, value]) => `${key}=${shown(value)}`));
}

/** A terminal would obey control characters; no name can have them, but a note can. */
function shown(value: string | number): string {
  return /\p{Cc}/u.test(String(value)) ? JSON.stringify(value) : String(value);
}

function passwordText({ has_password: isSet, change_password: mustChange }: UserView): string {
  if (!isSet) return 'none';
  return mustChange ? 'set; the next login has to set another' : 'set';
}

function ownFileText({ own_file, admin_editable }: UserView): string {
  if (own_file === null) return 'none';
  return admin_editable ? own_file : `${own_file} (closes the container access to edits)`;
}

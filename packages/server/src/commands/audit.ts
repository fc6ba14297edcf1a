import { resolve } from 'node:path';
import { commandLine, loadConfig } from '@berth/config';
import { AuditQuery, type AuditEntry } from '@berth/contract';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Check } from 'typebox/value';
import { readAudit } from '../audit/read-audit.ts';
import { parseLimit } from './history/options.ts';
import { configOption, jsonOption, type CommonOptions, type Output } from './options.ts';
import { table } from './table.ts';

interface AuditOptions extends CommonOptions, AuditQuery {}

export function auditCommand(output: Output): Command {
  return new Command('audit')
    .summary('show who did what, when and from where')
    .description(
      'Shows the audit trail, the newest first: changes of the configuration, logins, and what admins did.',
    )
    .addOption(configOption())
    .addOption(jsonOption())
    .option('--by <name>', 'only what this person did')
    .option('--action <word>', 'only this, such as log_in', parseAction)
    .addOption(
      new Option('--outcome <outcome>', 'only what ended so').choices([
        'done',
        'refused',
        'failed',
      ]),
    )
    .option('--since <moment>', 'only from 2026-11-23T10:00:00Z on', parseMoment)
    .option('--until <moment>', 'only up to that moment', parseMoment)
    .option('--limit <number>', 'how many', parseLimit, 20)
    .option('--before <place>', 'go on where the page before has ended', parsePlace)
    .action(async ({ config: directory, json, ...query }: AuditOptions) => {
      const config = await loadConfig(resolve(directory));
      const page = await readAudit(config.settings.stateDirectory, query);
      if (json === true) {
        output.json(page);
        return;
      }
      if (page.entries.length === 0) output.line('Nothing was found.');
      else for (const line of table(HEADER, page.entries.map(rowOf))) output.line(line);
      if (page.next === null) return;
      const more = commandLine(config.directory, 'audit', '--before', page.next);
      output.line(`There are older ones: ${more}`);
    });
}

const HEADER = ['TIME', 'BY', 'FROM', 'ACTION', 'WHAT', 'OUTCOME'];

function rowOf({ time, by, from, action, subject, what, history, outcome }: AuditEntry): string[] {
  const number = history === undefined ? '' : ` (history ${history})`;
  return [
    `${time.slice(0, 19).replace('T', ' ')} UTC`,
    shown([by.kind, by.name].filter((one) => one !== undefined).join(' ')),
    from ?? '-',
    action,
    shown(`${what ?? subject ?? ''}${number}`.trim() || '-'),
    outcome,
  ];
}

/** What a stranger has typed must not reach a terminal as it is. */
const shown = (text: string): string => (/\p{C}/u.test(text) ? JSON.stringify(text) : text);

function parseMoment(text: string): string {
  if (Check(AuditQuery.properties.since, text)) return text;
  throw new InvalidArgumentError('It must be a moment in UTC, such as 2026-11-23T10:00:00Z.');
}

function parseAction(text: string): string {
  if (Check(AuditQuery.properties.action, text)) return text;
  throw new InvalidArgumentError('It must be a word such as log_in or change_configuration.');
}

function parsePlace(text: string): string {
  if (Check(AuditQuery.properties.before, text)) return text;
  throw new InvalidArgumentError('It must be what the page before has named.');
}

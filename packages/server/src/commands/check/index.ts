import { relative, resolve } from 'node:path';
import {
  areSecretsOpen,
  findDirectory,
  listHistory,
  loadConfig,
  readSecrets,
  type Config,
  type HistoryPage,
  type HistoryRecord,
} from '@berth/config';
import { counted, Problem } from '@berth/contract';
import { Command } from 'commander';
import { expiryOf, readCertificate, type CertificateFiles } from '../../certificate/certificate.ts';
import { readServing, type Serving } from '../../serving.ts';
import { failureOf } from '../failure.ts';
import { configOption, jsonOption, type CommonOptions, type Output } from '../options.ts';
import { exposedFiles } from './exposed.ts';
import { nobodysFiles } from './nobodys.ts';
import { warningsOf, type Findings } from './warnings.ts';

export function checkCommand(output: Output): Command {
  return new Command('check')
    .summary('check the configuration')
    .description(
      'Loads the configuration as the server would and tells all errors in it (the first thousand, where there are more), what else should be looked at, and what a running server goes by. Changes nothing. Exits with 1 where it does not load.',
    )
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options: CommonOptions) => {
      const directory = resolve(options.config);
      const { config, problem: fault } = await loaded(directory);
      const tls = config?.settings.tls;
      const { expiry, problem = fault } = await certificateOf(directory, tls);
      const { records, rejected, damage } = await historyOf(directory);
      const { serving, unseen } = await seen(directory);
      const exposed = await exposedFiles(directory, tls?.keyFile);
      const nobodys = config === undefined ? [] : await nobodysFiles(directory, config);
      const secrets = await secretsOf(directory);
      const warnings = warningsOf({
        config,
        secrets,
        damage,
        rejected,
        expiry,
        exposed,
        nobodys,
        serving,
        unseen,
      });
      if (options.json === true) {
        output.json({
          valid: problem === undefined,
          revision: config?.revision ?? null,
          message: problem?.message ?? null,
          issues: problem === undefined ? [] : issuesOf(problem),
          more_issues: problem?.details['more_issues'] === true,
          warnings,
          last_valid: lastValidOf(records),
          serving: serving ?? null,
        });
      } else {
        if (config !== undefined && problem === undefined)
          output.line(summaryOf(directory, config, serving));
        for (const { message } of warnings) output.line(`Warning: ${message}`);
      }
      if (problem !== undefined) throw problem;
    });
}

/** What is wrong with the secrets. */
async function secretsOf(directory: string): Promise<Findings['secrets']> {
  try {
    await readSecrets(directory);
    return { isOpen: await areSecretsOpen(directory) };
  } catch (error) {
    return { problem: failureOf(error, false) };
  }
}

/** More nobody mends by hand, and to find the places of 100,000 would take minutes. */
const MOST_TOLD = 1000;

type Loaded =
  | { readonly config: Config; readonly problem?: undefined }
  | { readonly config?: undefined; readonly problem: Problem };

async function loaded(directory: string): Promise<Loaded> {
  try {
    return { config: await loadConfig(directory, MOST_TOLD) };
  } catch (error) {
    return { problem: error instanceof Problem ? error : unreadable(directory, error) };
  }
}

interface JudgedCertificate {
  /** Which, and what the calendar says against it. */
  readonly expiry?: string | undefined;
  /** Why it cannot be served. */
  readonly problem?: Problem;
}

async function certificateOf(
  directory: string,
  files: CertificateFiles | undefined,
): Promise<JudgedCertificate> {
  if (files === undefined) return {};
  try {
    const expiry = expiryOf(await readCertificate(files), new Date());
    return { expiry: expiry && `the certificate ${files.certFile} ${expiry}` };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { message, details } = error;
    const file = relative(directory, String(details['file']));
    const issues = [{ file, line: 1, column: 1, message }];
    return { problem: new Problem(error.code, message, { details: { issues }, cause: error }) };
  }
}

/** A file that this user may not read is one of which something is wrong. */
function unreadable(directory: string, error: unknown): Problem {
  const { code, message } = failureOf(error, false);
  const isFile = error instanceof Error && 'path' in error && typeof error.path === 'string';
  if (!isFile || code !== 'disk_failed') throw error;
  const file = relative(directory, String(error.path));
  const details = { issues: [{ file, line: 1, column: 1, message }] };
  return new Problem('config_invalid', message, { details, cause: error });
}

interface RecentHistory extends Pick<HistoryPage, 'records' | 'rejected'> {
  /** Why it cannot be read. */
  readonly damage?: Problem;
}

/** Files are judged also where the history is damaged. */
async function historyOf(directory: string): Promise<RecentHistory> {
  try {
    return await listHistory(directory, 1);
  } catch (damage) {
    if (damage instanceof Problem) return { records: [], rejected: [], damage };
    throw damage;
  }
}

interface Seen {
  readonly serving?: Serving | undefined;
  /** Why it cannot be told whether a server runs. */
  readonly unseen?: Problem;
}

/** Files are judged also where nothing can be seen of a server. */
async function seen(directory: string): Promise<Seen> {
  try {
    return { serving: await servingOf(directory) };
  } catch (error) {
    return { unseen: failureOf(error, false) };
  }
}

async function servingOf(directory: string): Promise<Serving | undefined> {
  const stateDirectory = await findDirectory(directory, 'state');
  return stateDirectory === undefined ? undefined : readServing(stateDirectory);
}

function issuesOf({ details }: Problem): unknown {
  if (!('missing' in details)) return details['issues'] ?? [];
  return [{ file: details['missing'], line: 1, column: 1, message: 'does not exist' }];
}

function lastValidOf([newest]: readonly HistoryRecord[]): object | null {
  if (newest === undefined) return null;
  const { number, time, by, what, revision } = newest;
  return { number, time, by, what, revision };
}

function summaryOf(directory: string, config: Config, serving: Serving | undefined): string {
  const served =
    serving?.revision === config.revision
      ? `\nThe server at ${serving.url} (process ${serving.pid}) goes by it.`
      : '';
  const holds = [
    counted(config.templates.size, 'template'),
    counted(config.accounts.size, 'user'),
    counted(config.accountOfClient.size, 'client'),
  ];
  return `${directory} is valid: ${holds.join(', ')} (revision ${config.revision}).${served}`;
}

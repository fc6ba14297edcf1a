import { resolve } from 'node:path';
import { findDirectory, loadConfig } from '@berth/config';
import { Duration, parseDuration, Timestamp } from '@berth/contract';
import { followLog, readLog, SEVERITIES, type LogEntry, type LogFilter } from '@berth/logs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Check } from 'typebox/value';
import { LOG_NAME } from '../server-log.ts';
import { parseLimit } from './history/options.ts';
import { configOption, jsonOption, type CommonOptions, type Output } from './options.ts';

interface LogsOptions extends CommonOptions, LogFilter {
  readonly request?: string;
  readonly grep?: string;
  readonly last?: number;
  readonly follow?: boolean;
}

export function logsCommand(output: Output): Command {
  return new Command('logs')
    .summary('show the server’s log')
    .description(
      'Shows the log of the server, the oldest entry first, through all its files. It needs no server that runs.',
    )
    .addOption(configOption())
    .addOption(jsonOption())
    .addOption(new Option('--level <level>', 'only this severity and above').choices(SEVERITIES))
    .option('--since <time>', 'only from then on: 1h ago, or 2026-11-23T10:00:00Z', parseTime)
    .option('--until <time>', 'only up to then', parseTime)
    .option('--event <event>', 'only this, such as request_failed')
    .option('--request <id>', 'only of this request, by the request_id of an error')
    .option('--grep <text>', 'only what has this text, in upper or lower case')
    .option('-n, --last <number>', 'only so many, the latest', parseLimit)
    .option('-f, --follow', 'go on with what comes, until Ctrl-C')
    .action(async (options: LogsOptions) => {
      const directory = await logFolder(resolve(options.config));
      const filter = { ...options, requestId: options.request, contains: options.grep };
      let damaged = 0;
      const onDamaged = (): void => {
        damaged += 1;
      };
      const print = (entry: LogEntry): void => {
        if (options.json === true) output.json(entry.fields);
        else output.line(entry.text.trimEnd());
      };
      if (options.follow === true) {
        await follow(directory, filter, { last: options.last ?? USUAL_LAST, print, onDamaged });
      } else {
        const shown = createLatest(options.last ?? Infinity, print);
        for await (const entry of readLog(directory, LOG_NAME, filter, onDamaged)) shown.add(entry);
        shown.release();
      }
      const one = damaged === 1;
      if (damaged > 0) {
        output.warn(`${damaged} ${one ? 'piece is' : 'pieces are'} no entry: torn or damaged.`);
      }
    });
}

/** As others that follow a log do: what led to now, and not all of it. */
const USUAL_LAST = 10;

async function follow(
  directory: string,
  filter: LogFilter,
  {
    last,
    print,
    onDamaged,
  }: {
    readonly last: number;
    readonly print: (entry: LogEntry) => void;
    readonly onDamaged: () => void;
  },
): Promise<void> {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  // With a time to begin at, all since then is wanted.
  const shown = createLatest(filter.since === undefined ? last : Infinity, print);
  const options = { onDamaged, onCaughtUp: shown.release, signal: controller.signal };
  for await (const entry of followLog(directory, LOG_NAME, filter, options)) shown.add(entry);
}

/** Keeps the latest back until they are released; from then on each is printed as it comes. */
function createLatest(most: number, print: (entry: LogEntry) => void) {
  const kept: LogEntry[] = [];
  let isReleased = most === Infinity;
  return {
    add: (entry: LogEntry): void => {
      if (isReleased) {
        print(entry);
        return;
      }
      kept.push(entry);
      if (kept.length > most) kept.shift();
    },
    release: (): void => {
      isReleased = true;
      for (const entry of kept.splice(0)) print(entry);
    },
  };
}

/** Also while the files do not load: the log says why. */
async function logFolder(directory: string): Promise<string> {
  const found = await findDirectory(directory, 'logging');
  if (found !== undefined) return found;
  // Says what is wrong with them.
  return (await loadConfig(directory)).settings.logging.directory;
}

/** A moment, or how long ago; milliseconds since 1970. */
function parseTime(text: string): number {
  if (Check(Duration, text)) return Date.now() - parseDuration(text);
  if (Check(Timestamp, text)) return Date.parse(text);
  throw new InvalidArgumentError(
    'It must be how long ago, such as 30m, 12h or 7d, or a moment in UTC such as 2026-11-23T10:00:00Z.',
  );
}

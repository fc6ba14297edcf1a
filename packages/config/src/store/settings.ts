import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseBytes, parseDuration, type MainFile } from '@berth/contract';
import type { Settings } from './config.ts';
import type { Loaded, Report } from './loaded.ts';
import { isOwnFolder, isSameFolder } from './own-folders.ts';
import { serverSettingsOf } from './server-settings.ts';

/** The settings of `main.yaml` in the code's own units; reports what a schema cannot say. */
export function settingsOf(directory: string, main: Loaded<MainFile>, report: Report): Settings {
  const {
    admin,
    engine,
    state,
    networks,
    ports,
    rate_limit: rates,
    logins,
    liveness,
    logging,
    history,
    audit,
  }: MainFile = main.value;
  const [first = 0, last = 0] = ports.range.split('-').map(Number);
  if (first < 1 || last > 65_535 || first > last) {
    report(main, ['ports', 'range'], 'must be FIRST-LAST with 1 <= FIRST <= LAST <= 65535');
  }
  if (isIP(ports.bind) !== 4) report(main, ['ports', 'bind'], 'is not an IPv4 address');
  const [address = '', poolPrefix = ''] = networks.pool.split('/');
  if (isIP(address) !== 4 || Number(poolPrefix) > networks.prefix) {
    report(
      main,
      ['networks', 'pool'],
      'must be an IPv4 range, such as 10.201.0.0/16, no smaller than networks.prefix',
    );
  }
  const stateDirectory = resolve(directory, state.directory);
  if (isOwnFolder(directory, stateDirectory)) {
    report(
      main,
      ['state', 'directory'],
      'must be a folder for the state alone, such as state: not the configuration folder, nor history, users or schema in it',
    );
  }
  const logDirectory = resolve(directory, logging.directory);
  if (isOwnFolder(directory, logDirectory) || isSameFolder(stateDirectory, logDirectory)) {
    report(
      main,
      ['logging', 'directory'],
      'must be a folder for the log alone, such as log: not the configuration folder, nor history, users or schema in it, nor the state folder',
    );
  }
  return {
    admin,
    ...serverSettingsOf(directory, main, report),
    engine: {
      host: engine.host,
      prefix: engine.prefix,
      timeoutMs: parseDuration(engine.timeout),
    },
    stateDirectory,
    networks,
    ports: { bind: ports.bind, range: [first, last] },
    rates: {
      client: rates.per_minute,
      browser: rates.browser_per_minute,
      address: rates.address_per_minute,
      login: rates.login_per_minute,
      enrol: rates.enrol_per_minute,
    },
    logins: {
      idleMs: logins.idle_minutes * 60_000,
      absoluteMs: logins.absolute_hours * 3_600_000,
    },
    liveness: {
      flushMs: liveness.flush_seconds * 1000,
      staleAfterMs: liveness.stale_after_seconds * 1000,
    },
    audit: { maxBytes: parseBytes(audit.max_size) },
    logging: {
      level: logging.level,
      directory: logDirectory,
      rotation: {
        maxBytes: parseBytes(logging.rotate.max_size),
        maxAgeMs: parseDuration(logging.rotate.max_age),
        keep: logging.rotate.keep,
        isCompressed: logging.rotate.compress,
      },
    },
    history: { keep: history.keep, maxBytes: parseBytes(history.max_size) },
  };
}

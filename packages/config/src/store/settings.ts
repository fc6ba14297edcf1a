import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseBytes, parseDuration, type MainFile } from '@berth/contract';
import type { Settings } from './config.ts';
import type { Loaded, Report } from './loaded.ts';
import { isOwnFolder } from './own-folders.ts';

/** The settings of `main.yaml` in the code's own units; reports what a schema cannot say. */
export function settingsOf(directory: string, main: Loaded<MainFile>, report: Report): Settings {
  const { admin, server, engine, state, networks, ports, logging, history }: MainFile = main.value;
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
  return {
    admin,
    host: server.host,
    port: server.port,
    engine: {
      host: engine.host,
      prefix: engine.prefix,
      timeoutMs: parseDuration(engine.timeout),
    },
    stateDirectory,
    networks,
    ports: { bind: ports.bind, range: [first, last] },
    logLevel: logging.level,
    history: { keep: history.keep, maxBytes: parseBytes(history.max_size) },
  };
}

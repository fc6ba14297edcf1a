import { isIP } from 'node:net';
import { resolve } from 'node:path';
import {
  closest,
  parseDuration,
  type MainFile,
  type Name,
  type UserFile,
  type Uuid,
} from '@berth/contract';
import type { ConfigFiles, Loaded } from './config-files.ts';
import type { Account, Config, Settings } from './config.ts';
import { configInvalid, issueAt, MOST_ISSUES, type Issue } from './issue.ts';
import type { Path } from './yaml.ts';

/**
 * Makes one configuration of files that are each valid, or throws `config_invalid` with every way in
 * which they do not fit together.
 */
export function assemble(directory: string, files: ConfigFiles, revision: string): Config {
  const issues: Issue[] = [];
  const report = <T>(file: Loaded<T>, path: Path, message: string, want?: 'key'): void => {
    if (issues.length > MOST_ISSUES) return;
    issues.push(issueAt(file.file, file.text, file.parsed.locate(path, want), message));
  };

  const templates = new Map(Object.entries(files.containers.value.containers));
  checkTemplates(files, report);
  const settings = settingsOf(directory, files, report);

  const unknownTemplate = (name: Name): string => {
    const near = closest(name, templates.keys());
    const hint = near === undefined ? '' : ` (did you mean ${JSON.stringify(near)}?)`;
    return `no template ${JSON.stringify(name)} in containers.yaml${hint}`;
  };
  const checkNames = <T>(file: Loaded<T>, path: Path, names: readonly Name[] | undefined): void => {
    names?.forEach((name, index) => {
      if (!templates.has(name)) report(file, [...path, index], unknownTemplate(name));
    });
  };

  const accounts = new Map<Uuid, Account>();
  const accountOfClient = new Map<Uuid, Account>();
  const usernames = new Set<Name>();
  const tokenHashes = new Set<string>();
  for (const [id, user] of Object.entries(files.users.value.users)) {
    const own = files.perUser.get(id);
    if (usernames.has(user.username)) {
      report(files.users, ['users', id, 'username'], `another user is called ${user.username} too`);
    }
    usernames.add(user.username);
    checkNames(files.users, ['users', id, 'containers'], user.containers);
    if (own !== undefined) {
      checkNames(own, ['containers', 'allow'], own.value.containers?.allow);
      checkNames(own, ['containers', 'deny'], own.value.containers?.deny);
      for (const name of Object.keys(own.value.overrides ?? {})) {
        if (!templates.has(name)) report(own, ['overrides', name], unknownTemplate(name), 'key');
      }
    }

    const account: Account = {
      id,
      username: user.username,
      disabled: user.disabled ?? false,
      templates: allowedTemplates(user.containers, own?.value),
      limits: { ...files.main.value.limits.per_user, ...own?.value.limits },
      overrides: own?.value.overrides ?? {},
      clients: user.clients ?? {},
    };
    accounts.set(id, account);
    for (const [clientId, client] of Object.entries(account.clients)) {
      const path = ['users', id, 'clients', clientId];
      if (accountOfClient.has(clientId)) {
        report(files.users, path, 'another user has a client with this UUID', 'key');
      }
      if (tokenHashes.has(client.token_hash)) {
        report(files.users, [...path, 'token_hash'], 'another client has the same token');
      }
      if (typeof client.expires === 'string' && Number.isNaN(Date.parse(client.expires))) {
        report(files.users, [...path, 'expires'], 'there is no such moment');
      }
      tokenHashes.add(client.token_hash);
      accountOfClient.set(clientId, account);
    }
  }
  for (const [id, own] of files.perUser) {
    if (!accounts.has(id)) report(own, [], `users.yaml has no user ${id}`);
  }

  if (issues.length > 0) throw configInvalid(issues);
  return { revision, settings, templates, accounts, accountOfClient };
}

type Report = <T>(file: Loaded<T>, path: Path, message: string, want?: 'key') => void;

function allowedTemplates(base: readonly Name[] = [], own: UserFile | undefined): Set<Name> {
  const allowed = new Set([...base, ...(own?.containers?.allow ?? [])]);
  for (const name of own?.containers?.deny ?? []) allowed.delete(name);
  return allowed;
}

function checkTemplates({ containers }: ConfigFiles, report: Report): void {
  for (const [name, template] of Object.entries(containers.value.containers)) {
    const names = new Set<string>();
    const targets = new Set<string>();
    template.volumes.forEach((volume, index) => {
      const path = ['containers', name, 'volumes', index];
      if (names.has(volume.name)) {
        report(containers, [...path, 'name'], `another volume of ${name} is called that too`);
      }
      if (targets.has(volume.target)) {
        report(containers, [...path, 'target'], `another volume of ${name} is mounted there too`);
      }
      names.add(volume.name);
      targets.add(volume.target);
    });
    if (template.network.mode === 'none' && template.network.ports.length > 0) {
      report(
        containers,
        ['containers', name, 'network', 'ports'],
        'a container without a network cannot have ports',
      );
    }
  }
}

function settingsOf(directory: string, { main }: ConfigFiles, report: Report): Settings {
  const { admin, server, engine, state, networks, ports, logging }: MainFile = main.value;
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
  return {
    admin,
    host: server.host,
    port: server.port,
    engine: {
      host: engine.host,
      prefix: engine.prefix,
      timeoutMs: parseDuration(engine.timeout),
    },
    stateDirectory: resolve(directory, state.directory),
    networks,
    ports: { bind: ports.bind, range: [first, last] },
    logLevel: logging.level,
  };
}

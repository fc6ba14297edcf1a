import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '@berth/contract';
import { describe, expect, test } from 'vitest';
import { loadConfig } from './load.ts';
import { configFolder, VALID } from '../testing/folder.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const BOB = '7c2f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const CLIENT = '0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b';

async function messageOf(files: Record<string, string>): Promise<string> {
  const directory = await configFolder(files);
  const error: unknown = await loadConfig(directory).catch((thrown: unknown) => thrown);
  if (!(error instanceof Problem)) throw new Error(`It loaded, or failed oddly: ${String(error)}`);
  expect(error.code).toBe('config_invalid');
  return error.message;
}

describe('a valid configuration', () => {
  test('gets every default', async () => {
    const directory = await configFolder();
    const config = await loadConfig(directory);
    expect(config.settings).toEqual({
      admin: expect.objectContaining({ username: 'admin' }),
      host: '127.0.0.1',
      tls: undefined,
      trustedProxies: [],
      connections: { most: 8192, mostPerAddress: 512 },
      logins: { idleMs: 1_800_000, absoluteMs: 43_200_000 },
      liveness: { flushMs: 30_000, staleAfterMs: 180_000 },
      port: 8420,
      engine: { host: 'unix:///var/run/docker.sock', prefix: 'berth', timeoutMs: 30_000 },
      stateDirectory: join(directory, 'state'),
      networks: { pool: '10.201.0.0/16', prefix: 28 },
      ports: { bind: '127.0.0.1', range: [20_000, 29_999] },
      rates: { client: 60, browser: 600, address: 300, login: 10, enrol: 30 },
      audit: { maxBytes: 256 * 1024 * 1024 },
      logging: {
        level: 'info',
        directory: join(directory, 'log'),
        rotation: {
          maxBytes: 10 * 1024 ** 2,
          maxAgeMs: 7 * 86_400_000,
          keep: 10,
          isCompressed: false,
        },
      },
      history: { keep: 1000, maxBytes: 64 * 1024 * 1024 },
    });
    expect(config.templates.get('shell')).toMatchObject({
      pull: 'missing',
      resources: { cpus: 1, memory: '1g', pids: 256 },
      network: { mode: 'private', ports: [] },
    });
    expect(config.accounts.get(ALICE)).toMatchObject({
      username: 'alice',
      disabled: false,
      templates: new Set(['lab']),
      limits: { containers: 5, cpus: 4, memory: '8g', pids: 2048 },
    });
  });

  test('gives a user what their own file adds, and takes what it denies', async () => {
    const directory = await configFolder({
      [`users/${ALICE}.yaml`]: `version: 1
containers: {allow: [shell], deny: [lab]}
limits: {cpus: 8}
overrides: {lab: {persist: true}}
...
`,
    });
    const account = (await loadConfig(directory)).accounts.get(ALICE);
    expect(account?.templates).toEqual(new Set(['shell']));
    expect(account?.limits).toMatchObject({ cpus: 8, memory: '8g' });
    expect(account?.overrides).toEqual({ lab: { persist: true } });
  });

  test('has the same revision for the same files and another for others', async () => {
    const one = await loadConfig(await configFolder());
    const same = await loadConfig(await configFolder());
    const other = await loadConfig(
      await configFolder({ 'users.yaml': 'version: 1\nusers: {}\n...\n' }),
    );
    expect(same.revision).toBe(one.revision);
    expect(other.revision).not.toBe(one.revision);
  });

  test('allows nobody anything they were not given', async () => {
    const directory = await configFolder({
      'users.yaml': `version: 1\nusers:\n  ${ALICE}: {username: alice}\n...\n`,
    });
    expect((await loadConfig(directory)).accounts.get(ALICE)?.templates).toEqual(new Set());
  });
});

test('a share of a CPU counts in hundredths, each of them', async () => {
  const entries = Array.from({ length: 200 }, (_, n) => (n + 1) / 100).map(
    (cpus, n) => `  t${n}: {image: x, resources: {cpus: ${cpus}}}\n`,
  );
  const directory = await configFolder({
    'containers.yaml': `version: 1\ncontainers:\n  lab: {image: lab}\n${entries.join('')}...\n`,
  });
  expect((await loadConfig(directory)).templates.get('t28')?.resources.cpus).toBe(0.29);
  expect(
    await messageOf({
      'containers.yaml':
        'version: 1\ncontainers: {lab: {image: x, resources: {cpus: 0.295}}}\n...\n',
    }),
  ).toContain('CPU cores, in hundredths');
});

describe('an error in one file', () => {
  test('is shown with file, line and column, and what a typo meant', async () => {
    const message = await messageOf({
      'users.yaml': VALID['users.yaml']?.replace('username:', 'usernam:') ?? '',
    });
    expect(message).toContain('users.yaml:4:5: unknown key "usernam" (did you mean "username"?)');
    expect(message).toContain('  4 |     usernam: alice\n          ^');
    expect(message).toContain('users.yaml:3:3: the key "username" is missing');
  });

  test.each<[string, string, string, string]>([
    ['a wrong type', 'containers.yaml', 'image: lab', 'image: [lab]'],
    ['a missing key', 'containers.yaml', 'image: lab', 'description: lab'],
    ['a value outside the list', 'containers.yaml', 'image: lab', 'image: lab\n    pull: often'],
    ['another version', 'containers.yaml', 'version: 1', 'version: 2'],
    ['a bad name', 'containers.yaml', '  lab:', '  Lab_1:'],
    [
      'a moment there never is',
      'users.yaml',
      'username: alice',
      `username: alice
    clients:
      ${ALICE}: {name: a, token_hash: "sha256:${'a'.repeat(64)}", created: 2026-11-23T10:00:00Z, expires: 2026-13-01T10:00:00Z}`,
    ],
    ['a bad size', 'containers.yaml', 'image: lab', 'image: lab\n    shm_size: 64'],
    ['a path that climbs', 'containers.yaml', '/home/user', '/home/../etc'],
    ['a loader variable', 'containers.yaml', 'image: lab', 'image: lab\n    env: {LD_PRELOAD: x}'],
    [
      'a line break in a value',
      'containers.yaml',
      'image: lab',
      'image: lab\n    env: {A: "x\\ny"}',
    ],
    ['an engine option', 'containers.yaml', 'image: lab', 'image: lab\n    privileged: true'],
    [
      'a capability beyond Docker’s',
      'containers.yaml',
      'image: lab',
      'image: lab\n    capabilities: [SYS_ADMIN]',
    ],
    ['a user that is no UUID', 'users.yaml', ALICE, 'alice'],
    ['a username in capitals', 'users.yaml', 'username: alice', 'username: Alice'],
    [
      'a key of the prototype',
      'users.yaml',
      'username: alice',
      '__proto__: {a: 1}\n    username: a',
    ],
  ])('%s is refused with its place', async (_, file, before, after) => {
    const text = VALID[file]?.replace(before, after) ?? '';
    expect(await messageOf({ [file]: text })).toMatch(new RegExp(`^${file}:\\d+:\\d+: `, 'm'));
  });

  test.each<[string, string, string]>([
    ['a file that was cut off', 'version: 1\nusers: {}\n', 'the last line must be "..."'],
    ['an alias', `version: 1\nusers: &a {}\nx: *a\n...\n`, 'anchors (&name) are not allowed'],
    ['a tag', 'version: !!int 1\nusers: {}\n...\n', 'tags (!name) are not allowed'],
    ['a tab', 'version: 1\nusers:\n\ta: 1\n...\n', 'users.yaml:3:1: tabs are not allowed'],
    ['a duplicate key', 'version: 1\nversion: 1\nusers: {}\n...\n', 'duplicated mapping key'],
    [
      'two documents',
      'version: 1\nusers: {}\n...\n---\nversion: 1\n...\n',
      'users.yaml:4:1: a second YAML document begins here',
    ],
    ['an empty file', '', 'the file is empty; the last line must be "..."'],
    [
      'nothing but the last line',
      '...\n',
      'users.yaml:1:1: is empty: it needs "version" and "users"',
    ],
    ['too deep a nesting', `${'['.repeat(30)}\n...\n`, 'is deeper than 20 levels'],
  ])('%s is refused', async (_, text, reason) => {
    expect(await messageOf({ 'users.yaml': text })).toContain(reason);
  });

  test('that half the file has is shown twenty times, not for minutes', async () => {
    const users = Array.from(
      { length: 40 },
      (_, n) => `  ${crypto.randomUUID()}: {username: u${n}, `,
    );
    const text = (rest: string): string => `version: 1\nusers:\n${users.join(rest)}${rest}...\n`;
    for (const rest of ['nosuch: 1}\n', 'containers: [gone]}\n']) {
      const message = await messageOf({ 'users.yaml': text(rest) });
      expect(message).toMatch(/^The configuration has more than 20 errors. The first of them:\n/);
      expect(message.match(/^users.yaml:\d+:\d+: /gm)).toHaveLength(20);
    }
  });

  test('several are told at once, over all files', async () => {
    const message = await messageOf({
      'containers.yaml': 'version: 1\ncontainers: {lab: {imag: x}}\n...\n',
      'main.yaml': 'version: 1\n...\n',
    });
    expect(message).toMatch(/^The configuration has 3 errors:/);
  });

  test.each<[string, Record<string, string>, string[]]>([
    [
      'main.yaml',
      {
        'main.yaml': `${VALID['main.yaml']?.replace('...', 'server: {prot: 0}\n...')}`,
        'users.yaml': `${VALID['users.yaml']?.replace('[lab]', '[shel]')}`,
      },
      ['main.yaml:3:10: unknown key "prot"', 'users.yaml:5:18: no template "shel"'],
    ],
    [
      'containers.yaml, without which no template can be missed',
      {
        'main.yaml': `${VALID['main.yaml']?.replace('...', 'ports: {range: 9-1}\n...')}`,
        'containers.yaml': 'version: 1\ncontainers: {lab: {imag: x, image: x}}\n...\n',
        'users.yaml': `version: 1\nusers:\n  ${ALICE}: {username: ann, containers: [shel]}\n  ${BOB}: {username: ann}\n...\n`,
      },
      [
        'containers.yaml:2:20: unknown key "imag"',
        'main.yaml:3:16: must be FIRST-LAST',
        'users.yaml:4:52: another user is called ann',
      ],
    ],
    [
      'users.yaml',
      {
        'containers.yaml':
          'version: 1\ncontainers: {lab: {image: x, network: {mode: none, ports: [{container: 1}]}}}\n...\n',
        'users.yaml': 'version: 1\nusers: {}\nuser: {}\n...\n',
      },
      ['users.yaml:3:1: unknown key "user"', 'containers.yaml:2:59: a container without a network'],
    ],
    [
      'a file of a user’s own',
      {
        'users.yaml': `${VALID['users.yaml']?.replace('[lab]', '[shel]')}`,
        [`users/${ALICE}.yaml`]: 'version: 1\nlimit: {}\n...\n',
      },
      [`users/${ALICE}.yaml:2:1: unknown key "limit"`, 'users.yaml:5:18: no template "shel"'],
    ],
  ])('what files say of each other is judged beside an error in %s', async (_, files, reasons) => {
    const message = await messageOf(files);
    for (const reason of reasons) expect(message).toContain(`\n${reason}`);
    expect(message).toMatch(new RegExp(`^The configuration has ${reasons.length} errors:`));
  });

  const served = (server: string): Record<string, string> => ({
    'main.yaml': VALID['main.yaml']?.replace('...', `server: ${server}\n...`) ?? '',
  });

  test.each(['localhost', '127.0.0.1', '127.255.3.20', '::1'])(
    'is not to serve on %s, which is loopback',
    async (host) => {
      const config = await loadConfig(await configFolder(served(`{host: "${host}"}`)));
      expect(config.settings).toMatchObject({ host, tls: undefined, trustedProxies: [] });
    },
  );

  test.each(['0.0.0.0', '::', '192.168.1.5', '::ffff:127.0.0.1'])(
    'is to serve on %s in the clear: it is not loopback',
    async (host) => {
      expect(await messageOf(served(`{host: "${host}"}`))).toContain(
        'main.yaml:3:16: would serve plain HTTP beyond loopback, where passwords can be read on their way: set server.tls, or name the proxy that ends TLS in server.trusted_proxies',
      );
    },
  );

  test.each(['127.0.0.256', '127.0.0.1.example', 'lab', '', '1::2::3'])(
    'is to serve on "%s", which is no address',
    async (host) => {
      expect(await messageOf(served(`{host: "${host}"}`))).toContain(
        'main.yaml:3:16: must be localhost or an IP address',
      );
    },
  );

  test.each(['0.0.0.0', '::', '192.168.1.5'])('is not to serve on %s over TLS', async (host) => {
    const tls = '{cert_file: tls/cert.pem, key_file: /etc/ssl/key.pem}';
    const directory = await configFolder(served(`{host: "${host}", tls: ${tls}}`));
    expect((await loadConfig(directory)).settings).toMatchObject({
      host,
      tls: { certFile: join(directory, 'tls/cert.pem'), keyFile: '/etc/ssl/key.pem' },
    });
  });

  test('is not to serve anywhere behind a proxy that is trusted', async () => {
    const proxies = ['10.0.0.7', '10.1.0.0/16', 'fd00::7', 'fd00:1::/64', '0.0.0.1/1'];
    const text = `{host: 0.0.0.0, trusted_proxies: ${JSON.stringify(proxies)}}`;
    const { settings } = await loadConfig(await configFolder(served(text)));
    expect(settings.trustedProxies).toEqual(proxies);
  });

  test.each([
    'proxy',
    '10.0.0.256',
    '10.0.0.0/33',
    '10.0.0.0/0',
    '::/0',
    'fd00::/129',
    '10.0.0.0/08',
    '10.0.0.0/',
    'fe80::1%eth0',
    '',
  ])('is to trust a proxy at "%s"', async (proxy) => {
    expect(await messageOf(served(`{trusted_proxies: ["::1", "${proxy}"]}`))).toContain(
      'main.yaml:3:35: must be an IP address or a range, such as 10.0.0.7 or 10.0.0.0/24',
    );
  });

  test('never shows a line that holds a secret', async () => {
    const message = await messageOf({
      'main.yaml': 'version: 1\nadmin: {username: admin, password_hash: plaintext}\n...\n',
    });
    expect(message).toContain('main.yaml:2:41');
    expect(message).not.toContain('plaintext');
  });
});

describe('files that do not fit together', () => {
  const users = (rest: string): Record<string, string> => ({
    'users.yaml': `version: 1\nusers:\n${rest}...\n`,
  });

  test.each<[string, Record<string, string>, string]>([
    [
      'a user may start a template there is not',
      users(`  ${ALICE}: {username: alice, containers: [shel]}\n`),
      'users.yaml:3:72: no template "shel" in containers.yaml (did you mean "shell"?)',
    ],
    [
      'two users have one name',
      users(`  ${ALICE}: {username: alice}\n  ${BOB}: {username: alice}\n`),
      'users.yaml:4:52: another user is called alice too',
    ],
    [
      'a user is called like the admin',
      users(`  ${ALICE}: {username: admin}\n`),
      'users.yaml:3:52: the built-in admin of main.yaml is called admin too: give one of them another name',
    ],
    [
      'a file is called by the name of a user',
      { 'users/alice.yaml': 'version: 1\n...\n' },
      `users/alice.yaml:1:1: must be called by the UUID of alice, which is ${ALICE}`,
    ],
    [
      'a file is called by what is no UUID',
      { 'users/alicia.yaml': 'version: 1\n...\n' },
      'users/alicia.yaml:1:1: a file here is called by the UUID of its user',
    ],
    [
      'an override is for a template there is not',
      { [`users/${ALICE}.yaml`]: 'version: 1\noverrides: {gpu: {persist: true}}\n...\n' },
      `users/${ALICE}.yaml:2:13: no template "gpu"`,
    ],
    [
      'the port range is the wrong way round',
      { 'main.yaml': `${VALID['main.yaml']?.replace('...\n', '')}ports: {range: 200-100}\n...\n` },
      'main.yaml:3:16: must be FIRST-LAST',
    ],
    [
      'ports bind to what is no address',
      { 'main.yaml': `${VALID['main.yaml']?.replace('...\n', '')}ports: {bind: 300.0.0.1}\n...\n` },
      'main.yaml:3:15: is not an IPv4 address',
    ],
    [
      'the network pool is smaller than a network',
      {
        'main.yaml': `${VALID['main.yaml']?.replace('...\n', '')}networks: {pool: 10.0.0.0/29}\n...\n`,
      },
      'main.yaml:3:18: must be an IPv4 range',
    ],
    [
      'two volumes are mounted in one place',
      {
        'containers.yaml': `version: 1
containers:
  lab: {image: x, volumes: [{name: a, target: /x}, {name: a, target: /x}]}
  shell: {image: x, network: {mode: none, ports: [{container: 80}]}}
...
`,
      },
      'another volume of lab is mounted there too',
    ],
  ])('%s', async (_, files, reason) => {
    expect(await messageOf(files)).toContain(reason);
  });

  test('clients share an id or a token', async () => {
    const client = `{name: x, token_hash: "sha256:${'a'.repeat(64)}", created: 2026-11-23T10:00:00Z}`;
    const message = await messageOf(
      users(
        `  ${ALICE}: {username: alice, clients: {${CLIENT}: ${client}}}\n  ${BOB}: {username: bob, clients: {${CLIENT}: ${client}}}\n`,
      ),
    );
    expect(message).toContain('another user has a client with this UUID');
    expect(message).toContain('another client has the same token');
    expect(message).not.toContain('aaaa');
  });
});

test('a missing file is told with the command that makes one', async () => {
  const directory = await configFolder();
  await rm(join(directory, 'main.yaml'));
  await expect(loadConfig(directory)).rejects.toThrow(
    `main.yaml does not exist. To make a new configuration: berthd init --config ${directory}`,
  );
});

import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import type { Problem } from '@berth/contract';
import { packTar } from 'modern-tar';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Manifest } from './manifest.ts';
import { readArchive } from './read-archive.ts';
import { entriesOf, file, forge, honest, manifestOf, type Entry } from './testing/forge.ts';
import { tree } from './testing/tree.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const MAIN = 'config/main.yaml';
const FILES = {
  [MAIN]: 'version: 1\n',
  'config/users.yaml': 'users: {}\n'.repeat(300),
  'config/secrets.yaml': '',
  [`config/users/${ALICE}.yaml`]: 'version: 1\n',
  'state/invites/0123456789abcdef.json': '{}',
};

/** An empty folder to unpack into, beside a file that must stay as it is. */
async function place(): Promise<{ outside: string; stage: string }> {
  const outside = await mkdtemp(join(tmpdir(), 'berth-archive-'));
  onTestFinished(() => rm(outside, { recursive: true }));
  await writeFile(join(outside, 'precious'), 'precious');
  const stage = join(outside, 'stage');
  await mkdir(stage);
  return { outside, stage };
}

const unpack = (archive: Buffer, stage: string): Promise<Manifest> =>
  readArchive(Readable.from([archive]), stage);

/** Why an archive is refused; nothing outside of the stage has changed. */
async function refusal(archive: Buffer | Readable): Promise<string> {
  const { outside, stage } = await place();
  const source = archive instanceof Readable ? archive : Readable.from([archive]);
  const problem = await readArchive(source, stage).then(
    () => Promise.reject(new Error('It was accepted')),
    (error: Problem) => error,
  );
  expect(problem).toMatchObject({ name: 'Problem', code: 'bad_request' });
  await rm(stage, { recursive: true });
  expect(await tree(outside)).toEqual({ precious: 'precious' });
  const [, why = ''] =
    /^This is not a backup of Berth, or it is damaged: (.*)\. Nothing was changed\.$/.exec(
      problem.message,
    ) ?? [];
  return why;
}

describe('an archive', () => {
  test('of ours unpacks to its very files', async () => {
    const { stage } = await place();
    const manifest = await unpack(await honest(FILES), stage);
    expect(manifest.files.map(({ path }) => path)).toEqual(Object.keys(FILES));
    expect(await tree(stage)).toEqual(FILES);
  });

  test('that tar(1) has packed again is as good', async () => {
    const { outside, stage } = await place();
    const again = join(outside, 'again');
    await mkdir(again);
    execFileSync('tar', ['xz', '-C', again], { input: await honest(FILES) });
    const names = ['manifest.json', ...Object.keys(FILES)];
    const archive = execFileSync('tar', ['cz', '-C', again, ...names]);
    await unpack(archive, stage);
    expect(await tree(stage)).toEqual(FILES);
  });

  test('of a newer version says what to do', async () => {
    const { stage } = await place();
    const newer = manifestOf(FILES, { version: 99, berth: '7.1.0-rc.1', more: true });
    await expect(unpack(await forge([newer]), stage)).rejects.toThrow(
      /^This backup was made by a newer Berth, 7\.1\.0-rc\.1; this is .* Install 7\.1\.0-rc\.1 or newer, and restore it with that\. Nothing was changed\.$/,
    );
  });

  test('that is cut off anywhere is refused', async () => {
    const archive = await honest(FILES);
    for (let length = 0; length < archive.length; length += 7) {
      expect(await refusal(archive.subarray(0, length)), String(length)).not.toBe('');
    }
    const tar = await packTar([manifestOf(FILES), ...entriesOf(FILES)]);
    for (let length = 0; length < tar.length - 1024; length += 301) {
      expect(await refusal(gzipSync(tar.subarray(0, length))), String(length)).not.toBe('');
    }
  });

  test('in which a bit was changed is refused, or still unpacks to the same', async () => {
    const archive = await honest(FILES);
    for (let at = 0; at < archive.length; at += 3) {
      const changed = Buffer.from(archive);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const { outside, stage } = await place();
      const outcome = await unpack(changed, stage).then(
        () => tree(stage),
        ({ code }: Problem) => code,
      );
      expect([FILES, 'bad_request']).toContainEqual(outcome);
      await rm(stage, { recursive: true });
      expect(await tree(outside)).toEqual({ precious: 'precious' });
    }
  });
});

describe('refuses what is no backup:', () => {
  test.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'it is not a whole gzip file'],
    ['a text', Buffer.from('version: 1\n'), 'it is not a whole gzip file'],
    [
      'a compressed text',
      gzipSync('version: 1\n'.repeat(500)),
      'it is not a whole tar archive (Invalid tar number)',
    ],
    ['zeros', gzipSync(Buffer.alloc(10_240)), 'manifest.json is missing'],
  ])('%s', async (_what, archive, why) => {
    expect(await refusal(archive)).toBe(why);
  });

  test('an archive without a manifest', async () => {
    expect(await refusal(await forge(entriesOf(FILES)))).toBe(
      'it does not begin with manifest.json',
    );
  });

  test.each<[string, object, string]>([
    ['of another format', { format: 'x' }, 'its manifest.json is not one of Berth'],
    ['of no version', { version: 0 }, 'its manifest.json is not one of Berth'],
    [
      'of a later version with a strange name',
      { version: 2, berth: '\u001b[2J' },
      'its manifest.json is not one of Berth',
    ],
    ['with more in it', { more: 1 }, 'its manifest.json is not one of Berth'],
    [
      'of more than any disk holds',
      { files: [{ path: MAIN, size: 2 ** 50, sha256: '0'.repeat(64) }] },
      'its manifest.json is not one of Berth',
    ],
    [
      'of much',
      {
        files: [MAIN, 'config/users.yaml', 'config/containers.yaml'].map((path) => ({
          path,
          size: 400 * 1024 * 1024,
          sha256: '0'.repeat(64),
        })),
      },
      'it is larger than any backup of Berth',
    ],
    [
      'with a file twice',
      { files: [MAIN, MAIN].map((path) => ({ path, size: 1, sha256: '0'.repeat(64) })) },
      'it names config/main.yaml twice',
    ],
  ])('a manifest %s', async (_what, wrong, why) => {
    expect(await refusal(await forge([manifestOf({}, wrong)]))).toBe(why);
  });

  test('a manifest that is no JSON', async () => {
    expect(await refusal(await forge([file('manifest.json', '{')]))).toBe(
      'its manifest.json is not JSON',
    );
  });

  test.each([
    '../precious',
    '/etc/passwd',
    'config/../../precious',
    'config/./main.yaml',
    'config//main.yaml',
    'config/main.yaml/',
    'config/users/../main.yaml',
    'config/users/alice.yaml',
    `config/users/${ALICE}.yaml\0`,
    'config/.lock',
    'config/history/00000001.json',
    'state/.lock',
    'state/serving.json',
    'state/other/00.json',
    'state/invites/../../precious.json',
    'state/invites/a/b.json',
    'state/invites/.json',
    'C:\\config\\main.yaml',
    'main.yaml',
    '',
  ])('a manifest that names %j', async (path) => {
    const files = { [path]: 'x' };
    expect(await refusal(await forge([manifestOf(files), ...entriesOf(files)]))).toBe(
      `it names a file that no backup has: ${JSON.stringify(path)}`,
    );
  });
});

describe('refuses an archive', () => {
  const withEntry = (...entries: Entry[]): Promise<Buffer> =>
    forge([manifestOf(FILES), ...entriesOf(FILES), ...entries]);

  test.each(['../precious', '/tmp/x', 'config/../../precious', 'config/more.yaml', './config/x'])(
    'with an entry %j that its manifest does not name',
    async (name) => {
      expect(await refusal(await withEntry(file(name, 'hostile')))).toBe(
        `it holds what its manifest does not name: ${JSON.stringify(name)}`,
      );
    },
  );

  test('whose entry bears another name in its extended header', async () => {
    const entry = file(MAIN, FILES[MAIN]);
    const renamed = { ...entry, header: { ...entry.header, pax: { path: '../precious' } } };
    expect(await refusal(await forge([manifestOf(FILES), renamed]))).toContain('../precious');
  });

  test('with a file twice, or a second manifest', async () => {
    expect(await refusal(await withEntry(file(MAIN, FILES[MAIN])))).toBe(
      'it holds what its manifest does not name: "config/main.yaml"',
    );
    expect(await refusal(await withEntry(manifestOf({})))).toBe(
      'it holds what its manifest does not name: "manifest.json"',
    );
  });

  test.each(['symlink', 'link', 'directory', 'fifo', 'character-device', 'block-device'] as const)(
    'in which a file is a %s',
    async (type) => {
      const entry: Entry = { header: { name: MAIN, type, size: 0, linkname: '../../precious' } };
      expect(await refusal(await forge([manifestOf({ [MAIN]: '' }), entry]))).toMatch(
        /^config\/main\.yaml is a .* and not a plain file$|^it holds what .* not name: "config\/main\.yaml\/"$/,
      );
    },
  );

  test('that leads a folder elsewhere first', async () => {
    const hostile: Entry = {
      header: { name: 'config', type: 'symlink', size: 0, linkname: '..' },
    };
    const archive = await forge([manifestOf(FILES), hostile, ...entriesOf(FILES)]);
    expect(await refusal(archive)).toBe('it holds what its manifest does not name: "config"');
  });

  test.each<[string, (folder: string) => Promise<string[]>]>([
    [
      'a symbolic link',
      async (folder) => {
        await rm(join(folder, MAIN));
        await symlink('/etc/passwd', join(folder, MAIN));
        return [MAIN];
      },
    ],
    [
      'a hard link',
      async (folder) => {
        await link(join(folder, MAIN), join(folder, 'config/containers.yaml'));
        return [MAIN, 'config/containers.yaml'];
      },
    ],
    [
      'a named pipe',
      async (folder) => {
        await rm(join(folder, MAIN));
        execFileSync('mkfifo', [join(folder, MAIN)]);
        return [MAIN];
      },
    ],
    ['an absolute path', (folder) => Promise.resolve([join(folder, MAIN)])],
    ['a way out', () => Promise.resolve([`config/../${MAIN}`])],
    ['a folder', () => Promise.resolve(['config'])],
  ])('that tar(1) has made with %s in it', async (_what, prepare) => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-hostile-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const files = { [MAIN]: 'version: 1\n', 'config/containers.yaml': 'version: 1\n' };
    execFileSync('tar', ['xz', '-C', folder], {
      input: await forge([manifestOf(files), ...entriesOf({ [MAIN]: files[MAIN] })]),
    });
    const names = await prepare(folder);
    const archive = execFileSync('tar', ['czP', '-C', folder, 'manifest.json', ...names]);
    expect(await refusal(archive)).not.toBe('');
  });

  test('whose files are others than its manifest tells', async () => {
    const other = { ...FILES, [MAIN]: 'version: 2\n' };
    expect(await refusal(await forge([manifestOf(FILES), ...entriesOf(other)]))).toBe(
      'config/main.yaml is not what its manifest tells',
    );
    const longer = { ...FILES, [MAIN]: 'version: 1\n\n' };
    expect(await refusal(await forge([manifestOf(FILES), ...entriesOf(longer)]))).toBe(
      'config/main.yaml has another size than its manifest tells',
    );
    const { [MAIN]: _main, ...fewer } = FILES;
    expect(await refusal(await forge([manifestOf(FILES), ...entriesOf(fewer)]))).toBe(
      'config/main.yaml is missing',
    );
  });

  /** Gigabytes of zeros, as a gzip file of a few kilobytes makes them. */
  const bomb = (head: Buffer): Readable => {
    function* zeros(): Iterable<Buffer> {
      yield head;
      const block = Buffer.alloc(1024 * 1024);
      for (;;) yield block;
    }
    return Readable.from(zeros()).pipe(createGzip({ level: 1 }));
  };

  test('that unpacks to more than its manifest tells', async () => {
    const { [MAIN]: text } = FILES;
    const tar = Buffer.from(
      await packTar([manifestOf({ [MAIN]: text }), ...entriesOf({ [MAIN]: text })]),
    );
    expect(await refusal(bomb(tar))).toBe('it holds more than its manifest tells');
  });

  test('with a manifest that never ends', async () => {
    const size = 8 * 1024 ** 3 - 1;
    const { header } = file('manifest.json', '');
    const endless = Buffer.from(
      await packTar([{ header: { ...header, size: 512 }, body: '{'.repeat(512) }]),
    );
    endless.write(size.toString(8), 124);
    endless.fill(' ', 148, 156);
    const sum = endless.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    endless.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    expect(await refusal(bomb(endless.subarray(0, 1024)))).toBe('its manifest.json is too large');
  });

  test('that cannot be read for what the disk has to say, which is told as it is', async () => {
    const { stage } = await place();
    const source = new Readable({
      read() {
        this.destroy(Object.assign(new Error('EIO: broken disk'), { code: 'EIO' }));
      },
    });
    await expect(readArchive(source, stage)).rejects.toMatchObject({ code: 'EIO' });
  });
});

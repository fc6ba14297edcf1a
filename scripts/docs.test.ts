import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadConfig } from '@berth/config';
import { describe, expect, onTestFinished, test } from 'vitest';
import { anchorsOf, blocksOf, linksOf } from './docs/markdown.ts';
import { referencePages } from './docs/pages.ts';

const ROOT = dirname(import.meta.dirname);
const PAGES = [
  ...(await readdir(ROOT)),
  ...(await readdir(join(ROOT, 'docs'), { recursive: true })).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));

const read = (page: string): Promise<string> => readFile(join(ROOT, page), 'utf8');

test('the reference pages are as the code makes them (npm run docs)', async () => {
  for (const [page, text] of await referencePages()) expect(await read(page), page).toBe(text);
});

test('the page on HTTP has every route of the server', async () => {
  const page = await read('docs/reference/http.md');
  const features = (await readdir(join(ROOT, 'packages/server/src'), { recursive: true })).filter(
    (name) => name.endsWith('routes.ts'),
  );
  const sources = await Promise.all(features.map((name) => read(`packages/server/src/${name}`)));
  const paths = sources.flatMap((source) =>
    [...source.matchAll(/app\.\w+\(\s*'(\/[^']*)'|url: '(\/[^']*)'/g)].map(
      ([, short, long]) => short ?? long,
    ),
  );
  expect(paths).toContain('/containers/:ref/stop');
  for (const path of paths) expect(page).toMatch(new RegExp(`(GET|POST) ${path}\``));
});

describe.each(PAGES)('%s', (page) => {
  test('has no link that leads nowhere', async () => {
    const text = await read(page);
    for (const { target, line } of linksOf(text)) {
      const [path = '', anchor = ''] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      const where = `line ${line}: ${target}`;
      await expect(stat(join(ROOT, file)), where).resolves.toBeDefined();
      const anchors = anchor === '' ? [anchor] : anchorsOf(await read(file));
      expect([...anchors], where).toContain(anchor);
    }
  });

  test('has only examples of configuration files that load', async () => {
    const examples = blocksOf(await read(page)).flatMap(({ text, line }) => {
      const file = /^# ((main|users|containers|users\/[0-9a-f-]{36})\.yaml)\n/.exec(text)?.[1];
      return file === undefined ? [] : [{ file, text, line }];
    });
    const folder = await mkdtemp(join(tmpdir(), 'berth-docs-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, 'users'));
    await writeFile(join(folder, 'main.yaml'), MAIN);
    await writeFile(join(folder, 'containers.yaml'), 'version: 1\ncontainers: {}\n...\n');
    await writeFile(join(folder, 'users.yaml'), 'version: 1\nusers: {}\n...\n');
    for (const { file, text, line } of examples) {
      await writeFile(join(folder, file), text);
      // Each with the ones before it: that is what a reader has by then.
      await expect(loadConfig(folder), `line ${line}: ${file}`).resolves.toBeDefined();
    }
  });
});

const MAIN = `version: 1
admin: {username: admin, password_hash: "$pbkdf2-sha256$i=600000,l=32$x$y"}
...
`;

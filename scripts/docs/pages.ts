import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'oxfmt';
import { apiPage } from './api.ts';
import { commandsPage } from './commands.ts';
import { configurationPage } from './configuration.ts';
import { problemsPage } from './problems.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The pages that are made from code, by path, formatted as `npm run format` would. */
export async function referencePages(): Promise<Map<string, string>> {
  const pages = new Map([
    ['docs/reference/api.md', await apiPage()],
    ['docs/reference/commands.md', await commandsPage()],
    ['docs/reference/configuration.md', configurationPage()],
    ['docs/reference/problems.md', problemsPage()],
  ]);
  const { singleQuote, printWidth } = JSON.parse(
    await readFile(join(ROOT, '.oxfmtrc.json'), 'utf8'),
  ) as { singleQuote: boolean; printWidth: number };
  for (const [path, text] of pages) {
    const { code, errors } = await format(path, text, { singleQuote, printWidth });
    if (errors.length > 0) throw new Error(`${path} cannot be formatted`, { cause: errors });
    pages.set(path, code);
  }
  return pages;
}

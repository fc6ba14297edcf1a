import { join } from 'node:path';
import { run } from '../run.ts';

const PACKAGES = join(import.meta.dirname, '../../packages');
const PROGRAMS = { berth: 'cli', berthd: 'server' };

/** What each program says of itself with `--help`, and each of its commands. */
export async function commandsPage(): Promise<string> {
  const sections = Object.entries(PROGRAMS).map(async ([name, folder]) => {
    const helps = await helpOf(join(PACKAGES, folder, 'src/main.ts'), []);
    return [...helps]
      .map(([words, help]) => {
        const title = ['#'.repeat(words === '' ? 2 : 3), name, words].join(' ').trimEnd();
        return `${title}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`;
      })
      .join('\n');
  });
  return `# Commands

This page is made from the programs themselves (\`npm run docs\`); do not edit it by hand. What the
commands are for: [user guide](../user-guide.md) for \`berth\`, [admin guide](../admin-guide.md) for
\`berthd\`.

${(await Promise.all(sections)).join('\n')}`;
}

/** The help of a command and of those below it, by their words: `enroll`, `enroll list`. */
async function helpOf(main: string, words: readonly string[]): Promise<Map<string, string>> {
  const { ok, output } = await run(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main, ...words, '--help'],
    { env: { NO_COLOR: '1', BERTH_CONFIG: '', BERTH_SERVER: '' } },
  );
  if (!ok) throw new Error(`${main} ${words.join(' ')} --help failed:\n${output}`);
  const listed = output.split(/^Commands:$/m)[1] ?? '';
  const below = [...listed.matchAll(/^ {2}([a-z]+)/gm)]
    .flatMap((match) => match[1] ?? [])
    .filter((command) => command !== 'help');
  const helps = await Promise.all(below.map((command) => helpOf(main, [...words, command])));
  return new Map([[words.join(' '), output], ...helps.flatMap((help) => [...help])]);
}

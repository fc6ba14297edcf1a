import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, Edit } from '@berth/config';

/** The user whom everybody counts up; all others have one editor each. */
export const SHARED = 0;

export function idOf(person: number): string {
  return `6b1f0a3e-2c5d-4f8e-9a07-${person.toString(16).padStart(12, '0')}`;
}

const COUNT = 'count';

export function countOf(config: Config, person: number): number {
  return Number(config.accounts.get(idOf(person))?.user.metadata?.[COUNT]);
}

/** Counts from what the configuration says: twice in one edit is once. */
export function countUp(edit: Edit, person: number): void {
  const next = String(countOf(edit.config, person) + 1);
  edit.set('users.yaml', ['users', idOf(person), 'metadata', COUNT], next);
}

/** Users who all stand at their count, with what people write around them. */
export function usersText(counts: readonly number[]): string {
  const entries = counts.map(
    (count, person) => `  # ${person === SHARED ? 'everybody’s' : `counted by editor ${person}`}
  ${idOf(person)}:
    username: person-${person} # as in the directory
    metadata:
      ${COUNT}: "${count}"

`,
  );
  return `# People who are counted\nversion: 1\nusers:\n${entries.join('')}...\n`;
}

/**
 * A new configuration with so many users, whose counts are 0.
 *
 * @param keep how many changes its history keeps
 */
export async function writePeople(
  directory: string,
  people: number,
  keep = 100_000,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const files = {
    'main.yaml': `version: 1
admin: {username: admin, password_hash: "$pbkdf2-sha256$i=600000,l=32$x$y"}
history: {keep: ${keep}, max_size: 1g}
...
`,
    'containers.yaml': `version: 1
containers:
  shell: {image: shell}
...
`,
    'users.yaml': usersText(Array.from({ length: people }, () => 0)),
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(directory, file), text);
}

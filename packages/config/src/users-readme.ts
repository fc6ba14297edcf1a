import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unlessMissing } from './disk/code.ts';
import { makeFolder } from './disk/owner.ts';
import { replaceFile } from './disk/replace-file.ts';
import { FILE_HEADERS } from './file-headers.ts';

/** Where the head of `users.yaml` says to read on. No server reads it. */
export const USERS_README = {
  path: 'users/README.md',
  text: `\
# What is particular to one user

Nobody needs a file here. It gives a user more, or less, than \`users.yaml\` and the templates do.
Name it after the user's UUID, \`<uuid>.yaml\`. berthd reads no other files in this folder.

\`\`\`yaml
${FILE_HEADERS.user}version: 1
# Templates besides those in users.yaml, and templates taken away.
containers: {allow: [shell], deny: []}
# Instead of limits.per_user in main.yaml; what is left out stays.
limits: {cpus: 8, memory: 16g}
overrides:
  shell:
    env: {THEME: dark}
    resources: {memory: 2g}
    # Keeps every volume of theirs at stop.
    persist: true
...
\`\`\`
`,
};

/** Writes it where there is none: an admin may have made it their own. */
export async function supplyUsersReadme(directory: string): Promise<void> {
  const path = join(directory, USERS_README.path);
  if ((await unlessMissing(stat(path))) !== undefined) return;
  await makeFolder(dirname(path));
  await replaceFile(path, USERS_README.text, 0o600);
}

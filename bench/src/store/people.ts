import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a configuration with so many users, of twelve lines and half a kilobyte each. */
export async function writePeople(folder: string, users: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = {
    'main.yaml': `version: 1
admin: {username: admin, password_hash: "${passwordHash()}"}
...
`,
    'containers.yaml': `version: 1
containers:
  lab: {image: lab}
  shell: {image: shell}
...
`,
    'users.yaml': `# The people of a large team
version: 1
users:
${Array.from({ length: users }, (_, index) => entry(index)).join('')}...
`,
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
}

function entry(index: number): string {
  const token = createHash('sha256').update(String(index)).digest('hex');
  return `  ${randomUUID()}:
    username: user-${index} # as in the directory
    # came with the team of ${2000 + (index % 26)}
    password_hash: "${passwordHash()}"
    clients:
      ${randomUUID()}:
        name: laptop
        token_hash: "sha256:${token}"
        created: 2026-11-23T10:00:00Z
    containers: [lab, shell]
    metadata: {team: vision, desk: "${index}"}

`;
}

function passwordHash(): string {
  const base64 = (bytes: number): string =>
    randomBytes(bytes).toString('base64').replace(/=+$/, '');
  return `$pbkdf2-sha256$i=600000,l=32$${base64(16)}$${base64(32)}`;
}

import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Files of a small configuration that loads. */
export const VALID: Readonly<Record<string, string>> = {
  'main.yaml': `version: 1
admin: {username: admin, password_hash: "$pbkdf2-sha256$i=600000,l=32$x$y"}
...
`,
  'containers.yaml': `version: 1
containers:
  shell: {image: shell}
  lab:
    image: lab
    volumes: [{name: home, target: /home/user, persistent: true}]
...
`,
  'users.yaml': `version: 1
users:
  6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162:
    username: alice
    containers: [lab]
...
`,
};

/** A temporary folder with these files, gone when the test is. */
export async function configFolder(
  changes: Readonly<Record<string, string>> = {},
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-config-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const [file, text] of Object.entries({ ...VALID, ...changes })) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text);
  }
  return directory;
}

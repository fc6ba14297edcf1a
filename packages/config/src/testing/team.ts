import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Author } from '../history/record.ts';
import type { Config } from '../store/config.ts';
import type { Edit } from '../store/edit.ts';
import { loadConfig } from '../store/load.ts';
import { openConfigStore, type ConfigStore } from '../store/store.ts';
import { configFolder } from './folder.ts';

export const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
export const BOB = '7c2f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
export const CAROL = '8d3f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
export const LAPTOP = '0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b';

/** `users.yaml` as a person writes it: every line has something that an edit could lose. */
export const TEAM_USERS = `# the team
version: 1
users:
  # founder
  ${ALICE}:
    username: "alice"   # quoted
    containers: [lab]   # just this
    rights: [monitor]

    metadata: {team: 'vision', desk: "12"}
    clients:
      # the old one
      ${LAPTOP}:
        name: laptop
        token_hash: "sha256:${'a'.repeat(64)}"
        created: 2026-11-01T10:00:00Z

  # --- second ---
  ${BOB}:
      username: bob
      containers:
      - lab    # for the course
      - shell

# the end
...
`;

export const TEAM_TEMPLATES = `version: 1
containers:
  # everybody's
  shell: {image: shell}   # small

  lab:
    image: lab:1
    env: {THEME: dark}   # as they like it
    resources:
      memory: 4g  # measured
  gpu:
    image: gpu:1
...
`;

/** Bob's own file. */
export const BOBS_FILE = `# bob's
version: 1
containers:
  allow: [gpu]    # until May
  deny: [shell]
limits: {cpus: 2}
overrides:
  lab: {env: {THEME: light}, persist: true}
...
`;

/** A folder of a small team, as a person wrote it. */
export interface Team {
  readonly directory: string;
  /** What stands in a file. */
  text(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  /** What the files say, read from the disk. */
  config(): Promise<Config>;
  /** One edit, as a process of its own would do it. */
  change<T>(
    change: (edit: Edit, store: ConfigStore) => T | Promise<T>,
    author?: Author,
  ): Promise<T>;
}

export async function teamFolder(changes: Readonly<Record<string, string>> = {}): Promise<Team> {
  const directory = await configFolder({
    'users.yaml': TEAM_USERS,
    'containers.yaml': TEAM_TEMPLATES,
    [`users/${BOB}.yaml`]: BOBS_FILE,
    ...changes,
  });
  return {
    directory,
    text: (file) => readFile(join(directory, file), 'utf8'),
    write: (file, text) => writeFile(join(directory, file), text),
    config: () => loadConfig(directory),
    change: async (change, author = { by: 'kim', what: 'change something' }) => {
      const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
      try {
        return await store.edit(author, (edit) => change(edit, store));
      } finally {
        store.close();
      }
    },
  };
}

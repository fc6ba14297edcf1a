/** What one would write first: the whole file through a YAML library, for every edit. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '@berth/config/replace-file';
import { createValidators } from '@berth/config/validate';
import type { UsersFile } from '@berth/contract';
import { CORE_SCHEMA, dump, load } from 'js-yaml';
import { parseDocument } from 'yaml';
import { answer, memory, timed } from './answer.ts';

const path = join(process.argv[2] ?? '', 'users.yaml');
const validators = createValidators();

const parse = (text: string): UsersFile => load(text, { schema: CORE_SCHEMA }) as UsersFile;

let file: UsersFile | undefined;
let notes = 0;
await answer({
  load: () =>
    timed(async () => {
      file = parse(await readFile(path, 'utf8'));
    }),
  memory,
  validate: () =>
    timed(() => {
      const faults = validators.users(file);
      if (faults.length > 0) throw new Error('It is not valid');
    }),
  /** Keeps the comments. */
  document: async () => {
    const [id = ''] = Object.keys(file?.users ?? {});
    notes += 1;
    return timed(async () => {
      // Its check for duplicates takes minutes for 100,000 keys.
      const document = parseDocument(await readFile(path, 'utf8'), { uniqueKeys: false });
      document.setIn(['users', id, 'metadata', 'note'], `note ${notes}`);
      await replaceFile(path, String(document));
    });
  },
  /** Loses the comments. */
  dump: async () => {
    notes += 1;
    return timed(async () => {
      const { users, ...rest } = parse(await readFile(path, 'utf8'));
      const [[id, user] = ['', { username: '' }]] = Object.entries(users);
      user.metadata = { ...user.metadata, note: `note ${notes}` };
      await replaceFile(path, dump({ ...rest, users: { ...users, [id]: user } }));
    });
  },
});

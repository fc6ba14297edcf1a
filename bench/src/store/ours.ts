/** The store, as a running server has it open. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openConfigStore, acquireLock, type ConfigStore } from '@berth/config';
import { answer, memory, timed } from './answer.ts';

const folder = process.argv[2] ?? '';
const path = join(folder, 'users.yaml');
let opened: ConfigStore | undefined;

const store = (): ConfigStore => {
  if (opened === undefined) throw new Error('It is not loaded yet');
  return opened;
};

const anybody = (): string => {
  const ids = [...store().current().accounts.keys()];
  return ids[Math.floor(Math.random() * ids.length)] ?? '';
};

let notes = 0;
await answer({
  load: () =>
    timed(async () => {
      opened = await openConfigStore({ directory: folder, isWatching: false, onNotice: () => {} });
    }),
  memory,
  edit: () => {
    const id = anybody();
    notes += 1;
    return timed(() =>
      store().edit({ by: 'the bench', what: 'note' }, (edit) => {
        edit.set('users.yaml', ['users', id, 'metadata', 'note'], `note ${notes}`);
      }),
    );
  },
  reload: async () => {
    const id = anybody();
    const text = await readFile(path, 'utf8');
    const line = text.indexOf('    metadata: {', text.indexOf(id)) + '    metadata: {'.length;
    notes += 1;
    await writeFile(path, `${text.slice(0, line)}hand: "${notes}", ${text.slice(line)}`);
    const milliseconds = await timed(() => store().reload());
    const says = store().current().accounts.get(id)?.user.metadata?.['hand'];
    if (says !== String(notes)) throw new Error(`It says ${says} and not ${notes}`);
    // Or YAML would have the key twice the next time.
    await writeFile(path, text);
    await store().reload();
    return milliseconds;
  },
  lock: () =>
    timed(async () => {
      const lock = await acquireLock(folder, 0);
      if (lock === 'held') throw new Error('Somebody holds the lock');
      await lock.release();
    }),
});

import { createReadStream } from 'node:fs';
import { createDisk } from '@berth/config/disk';
import { restoreBackup } from '../restore-backup.ts';

// Restores a backup, and is killed when it asks, or before it does this to the disk at a path that ends so.
const [directory = '', archive = '', operation = '', end = ''] = process.argv.slice(2);
const die = (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
};
const survive = async (name: string, path: string): Promise<void> => {
  if (name === operation && path.endsWith(end)) await die();
};

const disk = createDisk();
await restoreBackup({
  directory,
  archive: createReadStream(archive),
  by: 'test',
  agree: async () => (operation === 'ask' ? die() : true),
  onRejected: () => {},
  disk: {
    ...disk,
    create: (path) => survive('create', path).then(() => disk.create(path)),
    rename: (from, to) => survive('rename', from).then(() => disk.rename(from, to)),
    renameNew: (from, to) => survive('renameNew', from).then(() => disk.renameNew(from, to)),
    exchange: (one, other) => survive('exchange', other).then(() => disk.exchange(one, other)),
  },
});

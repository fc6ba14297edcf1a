export type { Account, Config, Settings } from './config.ts';
export { editUsers, type UsersEdit } from './edit-users.ts';
export { initConfig } from './init.ts';
export { createConfigLoader } from './load.ts';
export { tryLock } from './lock.ts';
export { replaceFile } from './replace-file.ts';
export { openConfigStore, type ConfigStore } from './store.ts';

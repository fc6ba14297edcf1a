export type { Account, Config, Settings } from './config.ts';
export { editUsers, type UsersEdit } from './edit-users.ts';
export { initConfig } from './init.ts';
export { createConfigLoader, type ConfigLoader } from './load.ts';
export { tryLock, withLock, type Lock } from './lock.ts';
export { hashPassword, verifyPassword } from './passwords.ts';
export { replaceFile } from './replace-file.ts';
export { openConfigStore, type ConfigStore } from './store.ts';

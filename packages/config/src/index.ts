export { denyTemplates, giveTemplates, setAccess, takeTemplates } from './changes/access.ts';
export { updateAdmin } from './changes/admin.ts';
export { addClient, refuseTakenClientName, removeClient, updateClient } from './changes/clients.ts';
export { findClient, findUser } from './changes/find.ts';
export { updateOwnFile } from './changes/own-file.ts';
export { revisionOf, type Resource } from './changes/revision.ts';
export { expectRevision } from './changes/stale.ts';
export {
  addTemplate,
  removeTemplate,
  replaceTemplate,
  updateTemplate,
} from './changes/templates.ts';
export { addUser, removeUser, updateUser, type UserPatch } from './changes/users.ts';
export { acquireLock, tryLock } from './disk/lock.ts';
export { replaceFile } from './disk/replace-file.ts';
export {
  diffVersions,
  listHistory,
  showChange,
  type BrowseOptions,
  type HistoryPage,
} from './history/browse.ts';
export type { FileDiff } from './history/diff.ts';
export type { RejectedText } from './history/history.ts';
export { timeOf, type Author, type HistoryRecord } from './history/record.ts';
export { restoreConfig } from './history/restore.ts';
export { initConfig } from './init.ts';
export { publishSchemas } from './schemas.ts';
export type { Account, Config, Settings } from './store/config.ts';
export type { Edit } from './store/edit.ts';
export { loadConfig } from './store/load.ts';
export { openConfigStore, type ConfigStore, type EditConfig, type Notice } from './store/store.ts';

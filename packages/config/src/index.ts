export { denyTemplates, giveTemplates, setAccess, takeTemplates } from './changes/access.ts';
export { updateAdmin } from './changes/admin.ts';
export { patchFrom } from './changes/assignments.ts';
export {
  addClient,
  refuseTakenClientName,
  removeClient,
  updateClient,
  type ClientPatch,
} from './changes/clients.ts';
export { findClient, findTemplates, findUser } from './changes/find.ts';
export { formProblem } from './changes/form.ts';
export { updateOwnFile } from './changes/own-file.ts';
export { revisionOfResource, type Resource } from './changes/revision.ts';
export { expectRevision } from './changes/stale.ts';
export {
  addTemplate,
  removeTemplate,
  replaceTemplate,
  updateTemplate,
} from './changes/templates.ts';
export { addUser, refuseTakenName, removeUser, updateUser } from './changes/users.ts';
export { commandLine, DEFAULT_DIRECTORY, DIRECTORY_VARIABLE } from './command-line.ts';
export { unlessMissing } from './disk/code.ts';
export type { Disk } from './disk/disk.ts';
export { acquireLock, isLocked, refuseWithoutLocks, tryLockFolder } from './disk/lock.ts';
export { makeDurableFolder } from './disk/make-folder.ts';
export { giveToOwnerOf, makeFolder } from './disk/owner.ts';
export { replaceFile } from './disk/replace-file.ts';
export { newTemporary, sweepTemporaries } from './disk/temporary.ts';
export { writeNewFile } from './disk/write-file.ts';
export { isExpired } from './expired.ts';
export {
  configAt,
  diffVersions,
  listHistory,
  showChange,
  type BrowseOptions,
  type HistoryPage,
  type ShownChange,
} from './history/browse.ts';
export type { FileDiff } from './history/diff.ts';
export { BY_HAND, makerOf, timeOf, type HistoryRecord } from './history/record.ts';
export type { RejectedText } from './history/rejected.ts';
export { restoreConfig } from './history/restore.ts';
export { initConfig } from './init.ts';
export { later, type Later } from './later.ts';
export { refuseShortPassword } from './passwords/chosen-password.ts';
export { createPasswords } from './passwords/passwords.ts';
export { randomPassword } from './passwords/random-password.ts';
export { parseStoredHash } from './passwords/stored-hash.ts';
export { publishSchemas } from './schemas.ts';
export { areSecretsOpen, changeSecrets, readSecrets, SECRETS } from './secrets-file.ts';
export type { Account, Config, Settings } from './store/config.ts';
export type { Edit } from './store/edit.ts';
export type { Content } from './store/content.ts';
export { withFrozenConfig } from './store/freeze.ts';
export { configOf, loadConfig, readContents } from './store/load.ts';
export { replaceConfig } from './store/replace.ts';
export { findDirectory } from './store/find-directory.ts';
export type { Notice } from './store/notice.ts';
export { ownFileOf } from './store/state.ts';
export type { EditConfig } from './store/editing.ts';
export { createQueue } from './store/queue.ts';
export { openConfigStore, type ConfigStore } from './store/store.ts';
export { unchanged } from './store/unchanged.ts';
export { supplyUsersReadme } from './users-readme.ts';
export type { JsonObject } from './yaml/json.ts';
export { writeFlow } from './yaml/splice/write.ts';

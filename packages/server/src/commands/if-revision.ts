import { Option } from 'commander';

/** The option of every command that changes what another command has shown. */
export interface RevisionOptions {
  readonly ifRevision?: string;
}

/** @param shownBy the command that shows the revision, as in `user show` */
export const ifRevisionOption = (shownBy: string): Option =>
  new Option('--if-revision <revision>', `only if it is still as \`${shownBy}\` showed it`);

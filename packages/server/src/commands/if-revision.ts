import {
  expectRevision,
  findTemplates,
  type ConfigStore,
  type Edit,
  type Resource,
} from '@berth/config';
import { Option } from 'commander';

/** The option of every command that changes what another command has shown. */
export interface RevisionOptions {
  readonly ifRevision?: string;
}

/** @param shownBy the command that shows the revision, as in `user show` */
export const ifRevisionOption = (shownBy: string): Option =>
  new Option('--if-revision <revision>', `only if it is still as \`${shownBy}\` showed it`);

/** What commands show with a revision. */
type Shown = Exclude<Resource, { readonly kind: 'own_file' }>;

/** Throws `stale` where something is not as somebody who gave `--if-revision` has seen it. */
export async function expectShown(
  edit: Edit,
  history: ConfigStore['history'],
  resource: Shown,
  { ifRevision }: RevisionOptions,
): Promise<void> {
  if (ifRevision === undefined) return;
  await expectRevision(edit, history, resource, ifRevision, subjectOf(edit, resource));
}

function subjectOf({ config }: Edit, resource: Shown): string {
  switch (resource.kind) {
    case 'user':
      return config.accounts.get(resource.id)?.username ?? resource.id;
    case 'template':
      findTemplates(config, [resource.name]);
      return `The template ${resource.name}`;
    case 'admin':
      return 'The admin';
    default:
      return resource satisfies never;
  }
}

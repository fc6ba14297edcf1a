import {
  expectRevision,
  findTemplates,
  type ConfigStore,
  type Edit,
  type Resource,
} from '@berth/config';

/**
 * Throws `stale` where something is not as somebody has seen it who changes it.
 *
 * @param revision what was seen; undefined where that does not matter to them
 */
export async function expectShown(
  edit: Edit,
  history: ConfigStore['history'],
  resource: Resource,
  revision: string | undefined,
): Promise<void> {
  if (revision === undefined) return;
  await expectRevision(edit, history, resource, revision, subjectOf(edit, resource));
}

function subjectOf({ config }: Edit, resource: Resource): string {
  switch (resource.kind) {
    case 'user':
      return config.accounts.get(resource.id)?.username ?? resource.id;
    case 'own_file':
      return `What is particular to ${config.accounts.get(resource.id)?.username ?? resource.id}`;
    case 'template':
      findTemplates(config, [resource.name]);
      return `The template ${resource.name}`;
    case 'admin':
      return 'The admin';
    default:
      return resource satisfies never;
  }
}

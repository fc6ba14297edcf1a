/**
 * What keys mean whose schema does not say it: its description is then that of the form, which error
 * messages need. A key that neither explains is refused, and so is one here that no file has.
 */
export const MEANINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'main.yaml': {
    'admin.username': 'The admin’s name. Nothing asks for it in this version.',
    'engine.type': 'The kind of engine.',
    'limits.per_user.memory': 'Memory; swap is off.',
    'logging.level': 'The least severity that is logged.',
  },
  'containers.yaml': {
    containers: 'Templates, by name.',
    'containers.NAME.description': 'For people.',
    'containers.NAME.command': 'Words of the command; the image’s own unless given.',
    'containers.NAME.workdir': 'Folder in which the command runs; the image’s own unless given.',
    'containers.NAME.resources.memory': 'Memory; swap is off.',
    'containers.NAME.volumes': 'Folders that are kept apart from the container.',
    'containers.NAME.volumes[].name': 'Unique within the template.',
    'containers.NAME.volumes[].target': 'Absolute path inside the container, without `..`.',
    'containers.NAME.volumes[].read_only': 'Mounted so that nothing can write to it.',
    'containers.NAME.network.ports': 'Ports that appear on the host. Not with `mode: none`.',
    'containers.NAME.network.ports[].protocol': 'What the port carries.',
    'containers.NAME.network.ports[].label': 'What `berth list` shows beside it.',
  },
  'users.yaml': {
    users: 'Users, by a UUID of their own.',
    'users.UUID.username': 'Unique. It is part of the names in the engine.',
    'users.UUID.password_hash': 'PBKDF2-SHA256 or bcrypt. Nothing asks for it in this version.',
    'users.UUID.clients': 'Enrolled devices, by UUID. Removing one revokes it.',
    'users.UUID.clients.UUID.token_hash': 'All that is stored of the client’s secret.',
    'users.UUID.clients.UUID.created': 'When it was let in.',
    'users.UUID.clients.UUID.expires': 'From then on it is refused; `null` is never.',
    'users.UUID.rights': 'Checked, but nothing needs a right in this version.',
    'users.UUID.metadata': 'Notes of your own: a text for each name.',
  },
  'users/UUID.yaml': {
    'containers.allow': 'Templates besides those in `users.yaml`.',
    'containers.deny': 'Templates taken away. It goes before both lists.',
    'containers.admin_editable': 'Checked, but without effect in this version.',
    'limits.memory': 'Memory; swap is off.',
    overrides: 'What differs for this user, by template.',
    'overrides.NAME.resources.memory': 'Memory; swap is off.',
  },
  'config.yaml': {
    contexts: 'The servers this user is logged in to, by context name.',
    'contexts.NAME.client': 'What names this client at the server.',
  },
};

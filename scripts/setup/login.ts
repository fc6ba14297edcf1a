import { join } from 'node:path';
import { loadConfig } from '@berth/config';
import { Problem } from '@berth/contract';
import { BERTH, BERTHD, CONFIG } from './checkout.ts';
import { attempt, run } from './commands.ts';
import { tell } from './report.ts';
import { berthName, clientFolder, loginName, sudoUser } from './user.ts';

/** Makes the person who runs this a user of the server, with a login of their own. */
export async function ensureLogin(address: string): Promise<void> {
  const status = await attempt(BERTH, ['--server', address, 'status', '--json']);
  if (status.ok) {
    const { user } = JSON.parse(status.stdout) as { user: { username: string } };
    tell('Login', `${user.username} is logged in (${whose()})`);
    return;
  }
  const name = berthName(sudoUser() ?? loginName());
  const { accounts } = await loadConfig(CONFIG);
  const isKnown = [...accounts.values()].some((account) => account.username === name);
  const grant = isKnown ? [] : ['--new', '--allow', 'shell'];
  const invite = ['enroll', 'invite', '--config', CONFIG, '--user', name, ...grant, '--json'];
  const { code } = JSON.parse(await run(BERTHD, invite)) as { code: string };
  const login = await attempt(BERTH, ['login', address, '--invite', code]);
  if (!login.ok) throw new Problem('internal', `berth login failed: ${login.stderr.trim()}`);
  tell('Login', `${isKnown ? '' : 'made the user '}${name}, who is logged in now (${whose()})`);
}

/** Removes the login, which is in the folder of whoever runs this. */
export async function forgetLogin(address: string): Promise<void> {
  const { ok } = await attempt(BERTH, ['--server', address, 'logout']);
  tell('Login', ok ? `removed from ${clientFolder()}` : `none for ${address} in ${clientFolder()}`);
}

/** Through sudo it is easily taken for one’s own. */
function whose(): string {
  const folder = join(clientFolder(), 'config.yaml');
  const caller = sudoUser();
  return caller === undefined
    ? folder
    : `${folder}, which is ${loginName()}’s: as ${caller} use sudo bin/berth`;
}

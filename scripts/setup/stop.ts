/** ./scripts/stop, once the dependencies are there. */
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readFlags } from './arguments.ts';
import { CONFIG, ENGINE_FOLDER, refuseForeign } from './checkout.ts';
import { endOwnEngine } from './engine.ts';
import { exists } from './files.ts';
import { forgetLogin } from './login.ts';
import { main, tell } from './report.ts';
import { countRunning, stopContainers } from './containers.ts';
import { addressOfServer, endServer, readSettings } from './server.ts';

await main(async () => {
  const isPurge = readFlags('stop', ['purge']).has('purge');
  await refuseForeign();
  // First, so that nobody starts anything meanwhile.
  await endServer();
  const settings = await readSettings();
  if (settings === undefined) {
    tell('Containers', `none: there is no configuration in ${CONFIG}`);
  } else {
    await stopContainers(settings, isPurge);
    if (isPurge) await forgetLogin(addressOfServer(settings));
  }
  const others = await countRunning();
  if (others === 0) await endOwnEngine(ENGINE_FOLDER);
  else tell('Engine', `goes on: containers that are not Berth’s run on it (${others})`);
  if (isPurge) await removeFolder(others > 0);
  else if (settings !== undefined) {
    tell('Kept', `${CONFIG}, persistent volumes and the login; --purge removes them too`);
  }
});

/** Removes the configuration. An engine that goes on is remembered, so that it can be ended later. */
async function removeFolder(engineGoesOn: boolean): Promise<void> {
  if (!(await exists(CONFIG))) return;
  for (const name of await readdir(CONFIG)) {
    const path = join(CONFIG, name);
    if (path !== ENGINE_FOLDER || !engineGoesOn) await rm(path, { recursive: true });
  }
  if (!(await exists(ENGINE_FOLDER))) await rmdir(CONFIG);
  tell('Configuration', `removed ${CONFIG}`);
}

/** ./scripts/stop, once the dependencies are there. */
import { rm } from 'node:fs/promises';
import { readFlags } from './arguments.ts';
import { CONFIG, ENGINE_FOLDER, refuseForeign } from './checkout.ts';
import { endOwnEngine } from './engine.ts';
import { forgetLogin } from './login.ts';
import { main, tell } from './report.ts';
import { stopContainers } from './containers.ts';
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
  await endOwnEngine(ENGINE_FOLDER);
  if (settings === undefined) return;
  if (isPurge) {
    await rm(CONFIG, { recursive: true });
    tell('Configuration', `removed ${CONFIG}`);
  } else {
    tell('Kept', `${CONFIG}, persistent volumes and the login; --purge removes them too`);
  }
});

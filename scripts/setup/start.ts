/** ./scripts/start, once the dependencies are there. */
import { join } from 'node:path';
import { containerTitle, type ContainerList } from '@berth/contract';
import { readFlags } from './arguments.ts';
import { BERTH, commandLine, CONFIG, ENGINE_FOLDER, refuseForeign } from './checkout.ts';
import { run } from './commands.ts';
import { connectTo } from './engine-probe.ts';
import { ensureEngine } from './engine.ts';
import { ensureLogin } from './login.ts';
import { main, tell } from './report.ts';
import { addressOfServer, ensureServer, initConfiguration, readSettings } from './server.ts';
import { ensureStarterImage } from './starter-image.ts';

const TEMPLATE = 'shell';

await main(async () => {
  readFlags('start', []);
  // The caller’s umask is for their own files: packages and images are for everybody.
  process.umask(0o022);
  await refuseForeign();
  const found = await readSettings();
  const engine = await ensureEngine({
    configured: found && { host: found.engine.host, file: join(CONFIG, 'main.yaml') },
    folder: ENGINE_FOLDER,
    command: commandLine('start'),
  });
  await ensureStarterImage(connectTo(engine.host));
  if (found !== undefined) tell('Configuration', `${CONFIG} is there`);
  const settings = found ?? (await initConfiguration(engine.host));
  const address = addressOfServer(settings);
  await ensureServer(settings);
  await ensureLogin(address);
  const [said = ''] = (await run(BERTH, ['--server', address, 'start', TEMPLATE])).split('\n');
  tell('Container', said);

  const health = (await (await fetch(`${address}/healthz`)).json()) as { status: string };
  const list = JSON.parse(
    await run(BERTH, ['--server', address, 'list', '--json']),
  ) as ContainerList;
  const containers = list.containers.map(
    (container) => `  Container  ${containerTitle(container)}, ${container.state}, ${container.id}`,
  );
  console.log(
    [
      '',
      'Berth runs.',
      '',
      `  Server     ${address}, health ${health.status}`,
      ...containers,
      ...(found === undefined
        ? [`  Admin      ${settings.admin.username}; the password is shown above, this once`]
        : []),
      '',
      'To try next:',
      '',
      '  bin/berth list        what runs, and what you may start',
      '  bin/berth status      who you are, and how much you use',
      `  bin/berth stop ${TEMPLATE}  end it; its home folder stays`,
      '',
      'To end it all: ./scripts/stop',
    ].join('\n'),
  );
});

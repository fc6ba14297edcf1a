import { formatBytes, VERSION } from '@berth/contract';
import { duration } from '../age.ts';
import type { Command } from '../command.ts';
import { signIn } from '../session.ts';
import { styled } from '../text.ts';
import { useOf } from '../use.ts';

export const status: Command = {
  name: 'status',
  summary: 'Show who you are where, and how much you use',
  arguments: [],
  options: [{ flags: '--json', about: 'print it for a program' }],
  examples: [
    { command: 'berth status', does: 'your server, your name there, your limits' },
    { command: 'berth status --server lab', does: 'the same for another server' },
  ],
  run: async (session, input) => {
    const { output, elapsed } = session;
    const { name, context, client } = await signIn(session);
    const [health, fetched, { containers }] = await Promise.all([
      client.health(),
      client.getConfig(),
      client.containers(),
    ]);
    if (!fetched.changed) return;
    const { limits, user } = fetched.config;
    // The connection is up by now, so this is the way there and back alone.
    const asked = elapsed();
    await client.ping();
    const latency = elapsed() - asked;
    const use = useOf(containers);
    const memory = formatBytes(use.memoryBytes);

    if (input.flag('json')) {
      output.json(
        {
          context: name,
          server: { url: context.server, latency_ms: Math.round(latency * 10) / 10, ...health },
          client: { id: context.client, version: VERSION },
          user,
          limits,
          in_use: { containers: use.containers, cpus: use.cpus, memory, pids: use.pids },
        },
        2,
      );
      return;
    }
    const { config, version } = health;
    output.print(['Server   ', styled('bold', context.server), ` answers in ${duration(latency)}`]);
    output.print(`Context  ${name}`);
    output.print(['User     ', styled('bold', user.username), `, from client ${context.client}`]);
    output.print(`Version  ${VERSION} here, ${version} on the server`);
    output.print(
      config.rejected
        ? [
            'Config   ',
            styled(
              'yellow',
              'the files on the server are not valid; it goes on with the last good',
            ),
            ' ones. Tell your admin.',
          ]
        : `Config   ${config.revision}`,
    );
    output.print(
      [
        `In use   ${use.containers} of ${limits.containers} containers`,
        `${use.cpus} of ${limits.cpus} CPUs`,
        `${memory} of ${limits.memory} memory`,
        `${use.pids} of ${limits.pids} processes`,
      ].join(', '),
    );
  },
};

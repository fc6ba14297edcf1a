import { removeEverything } from '@berth/testbed';
import type { Bench } from '../bench.ts';
import { assertAlike, dockerSide } from '../docker-side.ts';
import { interleave } from '../interleave.ts';
import { openSite } from '../site.ts';
import type { Row } from '../table.ts';

const ROUNDS = { warmUp: 2, counted: 15 };

/**
 * `berth start` beside `docker run -d` with the same options on the same engine: into a network and
 * a volume that exist, and as a user's first, which makes both.
 */
export async function startRows(bench: Bench): Promise<Row[]> {
  await using site = await openSite(bench, { name: 'start', users: 2 });
  await using docker = dockerSide(bench, site);
  const network = `${site.prefix}.${site.members[0]?.username}`;
  const container = `${network}.lab`;
  const { docker: api } = bench.engine;
  const remove = async (name: string): Promise<void> => {
    await api.getContainer(name).remove({ force: true, v: true });
  };

  bench.tell('berth start, and docker run -d …');
  // A container that stays, so that the network does.
  await site.berth('start', 'shell');
  await docker.createVolume();
  await site.berth('start', 'lab');
  await docker.run(network);
  await assertAlike(api, container, docker.container);
  await Promise.all([remove(container), remove(docker.container)]);
  const later = await interleave(
    ROUNDS,
    [
      { measure: () => site.berth('start', 'lab'), reset: () => remove(container) },
      { measure: () => docker.run(network), reset: () => remove(docker.container) },
    ],
    bench.signal,
  );

  bench.tell('A first start, with its network and volume …');
  const removeAll = () => removeEverything(api, site.prefix);
  await removeAll();
  await docker.removeAll();
  const first = await interleave(
    ROUNDS,
    [
      { measure: () => site.berth('start', 'lab'), reset: removeAll },
      { measure: docker.createAndRun, reset: docker.removeAll },
    ],
    bench.signal,
  );
  return [
    {
      what: '`berth start`, network and volume existing',
      unit: 'ms',
      measured: later[0],
      baseline: { what: '`docker run -d`', measured: later[1] },
      target: { atMost: 1.3 },
    },
    {
      what: '`berth start`, the first one',
      unit: 'ms',
      measured: first[0],
      baseline: {
        what: '`docker network create`, `volume create`, `run -d`',
        measured: first[1],
      },
    },
  ];
}

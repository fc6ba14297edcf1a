import { expect, test } from 'vitest';
import type { EngineId, PortRequest } from '../port.ts';
import type { Subject } from './fixture.ts';
import { expectProblem } from './expect-problem.ts';
import { NONE } from './nothing.ts';

export function startPromises(get: () => Subject): void {
  const port = (hostPorts: readonly [number, number], container = 8888): PortRequest => ({
    container,
    protocol: 'tcp',
    hostAddress: '127.0.0.1',
    hostPorts,
  });

  test('a container runs once it is started, and starting it again succeeds', async () => {
    const { fixture, make } = get();
    const id = await make.running();
    await fixture.engine.startContainer(id);
    await expect(make.view(id)).resolves.toMatchObject({ state: 'running' });
  });

  test('a stopped container can be started again', async () => {
    const { fixture, make } = get();
    const id = await make.running();
    await fixture.engine.stopContainer(id, 0);
    await fixture.engine.startContainer(id);
    await expect(make.view(id)).resolves.toMatchObject({ state: 'running' });
  });

  test('a container that is gone is not_found', async () => {
    const { fixture, make } = get();
    const id = await make.container();
    await fixture.engine.removeContainer(id);
    await expectProblem(fixture.engine.startContainer(id), 'not_found');
  });

  test('a container is ended and started again by a restart, and keeps its id', async () => {
    const { fixture, make } = get();
    const id = await make.running();
    const startedAt = async () => (await fixture.engine.details([id])).get(id)?.startedAt;
    const before = await startedAt();
    await fixture.engine.restartContainer(id, 0);
    await expect(make.view(id)).resolves.toMatchObject({ state: 'running' });
    expect((await startedAt())?.getTime()).toBeGreaterThanOrEqual(before?.getTime() ?? Infinity);
  });

  test('a container that does not run is started by a restart', async () => {
    const { fixture, make } = get();
    const id = await make.container();
    await fixture.engine.restartContainer(id, 0);
    await fixture.engine.stopContainer(id, 0);
    await fixture.engine.restartContainer(id, 0);
    await expect(make.view(id)).resolves.toMatchObject({ state: 'running' });
  });

  test('a restart is refused as a start is', async () => {
    const { fixture, make } = get();
    const restart = async (id: EngineId) => fixture.engine.restartContainer(id, 0);
    await expectProblem(restart(NONE), 'not_found');

    const network = await make.network();
    const ports = [port(await fixture.ports(1))];
    const id = await make.running({ network, ports });
    await expectProblem(restart(await make.container({ network, ports })), 'port_unavailable');

    const hostname = 'x'.repeat(65);
    await expectProblem(restart(await make.container({ hostname })), 'template_rejected');

    await fixture.engine.stopContainer(id, 0);
    await fixture.engine.removeNetwork(network);
    await expectProblem(restart(id), 'network_unavailable');
    await expect(make.view(id)).resolves.toMatchObject({ state: 'exited' });
  });

  test('ports appear on free host ports of the range while the container runs', async () => {
    const { fixture, make } = get();
    const network = await make.network();
    const hostPorts = await fixture.ports(3);
    const first = await make.running({ network, ports: [port(hostPorts), port(hostPorts, 9999)] });
    const second = await make.running({ network, ports: [port(hostPorts)] });

    const published = [first, second].map(async (id) => (await make.view(id))?.ports ?? []);
    const ports = (await Promise.all(published)).flat();
    expect(ports.map(({ container }) => container).toSorted((a, b) => a - b)).toEqual([
      8888, 8888, 9999,
    ]);
    const [from, to] = hostPorts;
    const numbers = ports.map(({ hostPort }) => hostPort).toSorted((a, b) => a - b);
    expect(numbers).toEqual([from, from + 1, to]);
    for (const { protocol, hostAddress } of ports) {
      expect([protocol, hostAddress]).toEqual(['tcp', '127.0.0.1']);
    }
    await fixture.engine.stopContainer(first, 0);
    await expect(make.view(first)).resolves.toMatchObject({ ports: [] });
  });

  test('without a free port it is port_unavailable, and the container stays as it was', async () => {
    const { fixture, make } = get();
    const network = await make.network();
    const ports = [port(await fixture.ports(1))];
    const first = await make.running({ network, ports });
    const second = await make.container({ network, ports });

    await expectProblem(fixture.engine.startContainer(second), 'port_unavailable');
    await expect(make.view(second)).resolves.toMatchObject({ state: 'created', ports: [] });

    await fixture.engine.removeContainer(first);
    await fixture.engine.startContainer(second);
    await expect(make.view(second)).resolves.toMatchObject({ state: 'running' });
  });

  test('of several starts at once none gets the port of another', async () => {
    const { fixture, make } = get();
    const network = await make.network();
    const ports = [port(await fixture.ports(4))];
    const ids = await Promise.all([1, 2, 3, 4].map(() => make.running({ network, ports })));
    const views = await Promise.all(ids.map((id) => make.view(id)));
    expect(new Set(views.flatMap((view) => view?.ports.map(({ hostPort }) => hostPort))).size).toBe(
      4,
    );
  });

  test('without its network it is network_unavailable, and the container stays as it was', async () => {
    const { fixture, make } = get();
    const network = await make.network();
    const id = await make.container({ network });
    await fixture.engine.removeNetwork(network);
    await expectProblem(fixture.engine.startContainer(id), 'network_unavailable');
    await expect(make.view(id)).resolves.toMatchObject({ state: 'created' });
  });

  test('a network without a free address is network_unavailable', async () => {
    const { make } = get();
    const network = await make.network(30);
    await make.running({ network });
    await expectProblem(make.running({ network }), 'network_unavailable');
  });

  test('what the kernel refuses is template_rejected, and the container stays as it was', async () => {
    const { fixture, make } = get();
    const id = await make.container({ hostname: 'x'.repeat(65) });
    await expectProblem(fixture.engine.startContainer(id), 'template_rejected');
    await expect(make.view(id)).resolves.toMatchObject({ state: 'created' });
  });
}

import { expect, test } from 'vitest';
import type { Subject } from './fixture.ts';
import { expectProblem, successesOf } from './expect-problem.ts';

export function networkPromises(get: () => Subject): void {
  test('a network that was made is listed with its labels and subnet', async () => {
    const { fixture, make } = get();
    const network = { name: make.name(), labels: make.labels, subnet: fixture.subnet(28) };
    await fixture.engine.createNetwork(network);

    const { name, labels, subnet } = network;
    await expect(fixture.engine.networks()).resolves.toContainEqual({
      name,
      labels,
      subnets: [subnet],
    });
  });

  test('a second network of the same name is name_taken', async () => {
    const { fixture, make } = get();
    const name = await make.network();
    const again = { name, labels: make.labels, subnet: fixture.subnet(28) };
    await expectProblem(fixture.engine.createNetwork(again), 'name_taken');
  });

  test('of several networks of one name at once, one is made', async () => {
    const { fixture, make } = get();
    const name = make.name();
    const works = [28, 28, 28].map((bits) =>
      fixture.engine.createNetwork({ name, labels: make.labels, subnet: fixture.subnet(bits) }),
    );
    await expect(successesOf(works, 'name_taken')).resolves.toBe(1);
    const networks = await fixture.engine.networks();
    expect(networks.filter((network) => network.name === name)).toHaveLength(1);
  });

  test('a subnet that overlaps another network’s is network_unavailable', async () => {
    const { fixture, make } = get();
    const subnet = fixture.subnet(28);
    await fixture.engine.createNetwork({ name: make.name(), labels: make.labels, subnet });
    const within = { name: make.name(), labels: make.labels, subnet: subnet.replace('/28', '/30') };
    await expectProblem(fixture.engine.createNetwork(within), 'network_unavailable');
  });

  test('a network is removed, and removing it again succeeds', async () => {
    const { fixture, make } = get();
    const name = await make.network();
    await fixture.engine.removeNetwork(name);
    await fixture.engine.removeNetwork(name);
    const networks = await fixture.engine.networks();
    expect(networks.map((network) => network.name)).not.toContain(name);
  });

  test('removing a network that a running container uses is conflict', async () => {
    const { fixture, make } = get();
    const network = await make.network();
    const id = await make.running({ network });
    await expectProblem(fixture.engine.removeNetwork(network), 'conflict');

    await fixture.engine.stopContainer(id, 0);
    await fixture.engine.removeNetwork(network);
  });
}

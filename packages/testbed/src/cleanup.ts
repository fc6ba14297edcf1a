import type Docker from 'dockerode';

/**
 * Removes every container, network and volume that belongs to this instance, whatever state it is in:
 * call it when a test ends, however it ended.
 *
 * @param instance value of the label `io.berth.instance`; take one that no other run uses
 */
export async function removeEverything(docker: Docker, instance: string): Promise<void> {
  if (instance === '') throw new Error('An empty instance would match other people’s containers.');
  const filters = { label: [`io.berth.instance=${instance}`] };

  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(
    containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })),
  );
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).remove()));
  const { Volumes } = await docker.listVolumes({ filters });
  await Promise.all(Volumes.map(({ Name }) => docker.getVolume(Name).remove()));
}

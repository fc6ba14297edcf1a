import { deepStrictEqual } from 'node:assert';
import { removeEverything } from '@berth/testbed';
import type Docker from 'dockerode';
import type { Bench } from './bench.ts';
import { LAB } from './configuration.ts';
import { run } from './programs.ts';
import type { Site } from './site.ts';

/** What a person would type who wants the same from Docker. Times are milliseconds. */
export interface DockerSide extends AsyncDisposable {
  readonly container: string;
  createVolume(): Promise<number>;
  run(network: string): Promise<number>;
  /** Network, volume and container, one command after the other. */
  createAndRun(): Promise<number>;
  removeAll(): Promise<void>;
}

/** @param site whose template `lab` the container is to be like */
export function dockerSide({ docker, engine, image, signal }: Bench, site: Site): DockerSide {
  // An instance of its own: the server cleans up what it finds of its own.
  const instance = `${site.prefix}-docker`;
  const names = ['id', 'owner', 'template', 'network', 'cpus', 'memory', 'pids'];
  const labels = [`instance=${instance}`, ...names.map((name) => `${name}=bench`)]
    .map((label) => `--label io.berth.${label}`)
    .join(' ');
  const network = `${instance}.user`;
  const container = `${network}.lab`;
  const volume = `${container}.home`;
  const type = async (command: string): Promise<number> =>
    (await run(docker, command.trim().split(/\s+/), { signal })).milliseconds;

  const createVolume = () => type(`volume create ${labels} ${volume}`);
  const start = (inNetwork: string) =>
    type(`
      run -d --name ${container} --hostname lab ${labels}
      --init --cap-drop ALL --security-opt no-new-privileges
      --memory ${LAB.memoryBytes} --memory-swap ${LAB.memoryBytes} --cpus ${LAB.cpus}
      --pids-limit ${LAB.pids} --shm-size ${LAB.shmBytes} --env GREETING=hello
      --mount type=volume,source=${volume},target=/home/user --network ${inNetwork}
      --publish 127.0.0.1:${site.ports.join('-')}:8080/tcp
      --log-driver json-file --log-opt max-size=10m --log-opt max-file=3
      ${image} sleep 600`);
  const removeAll = () => removeEverything(engine.docker, instance);
  return {
    container,
    createVolume,
    run: start,
    createAndRun: async () => {
      const subnet = `${site.addresses}.240/28`;
      const made = await type(`network create --subnet ${subnet} ${labels} ${network}`);
      return made + (await createVolume()) + (await start(network));
    },
    removeAll,
    [Symbol.asyncDispose]: removeAll,
  };
}

/** Throws unless the engine was told the same of two containers: neither may be spared any work. */
export async function assertAlike(docker: Docker, one: string, other: string): Promise<void> {
  deepStrictEqual(await optionsOf(docker, one), await optionsOf(docker, other));
}

async function optionsOf(docker: Docker, name: string): Promise<object> {
  const { Config, HostConfig: host, Mounts } = await docker.getContainer(name).inspect();
  const { Image, Cmd, Hostname, Env, ExposedPorts, Tty, OpenStdin, Labels } = Config;
  return {
    image: { Image, Cmd, Hostname, Env, ExposedPorts, Tty, OpenStdin },
    labels: Object.keys(Labels).toSorted(),
    rights: [host.Init, host.CapDrop, host.CapAdd ?? [], host.SecurityOpt],
    limits: [host.Memory, host.MemorySwap, host.NanoCpus, host.PidsLimit, host.ShmSize],
    network: [host.NetworkMode, host.PortBindings],
    rest: [host.LogConfig, host.RestartPolicy],
    mounts: Mounts.map(({ Type, Driver, Destination, RW }) => [Type, Driver, Destination, RW]),
  };
}

import type { ContainerSpec, Engine, EngineId, Labels, LogEntry, VolumeMount } from '../port.ts';

/** An engine to test, and what the tests need to know of it. */
export interface EngineFixture {
  readonly engine: Engine;
  /** A present image whose own command runs until it is stopped. */
  readonly image: string;
  /** An image that is not present and can be pulled. */
  readonly pullableImage: string;
  /** An image that neither the engine nor its registry has. */
  readonly missingImage: string;
  /** First part of every name, and value of `io.berth.instance`: of no other run. */
  readonly prefix: string;
  /** A subnet that no network of the engine overlaps; each time another. 28 to 30 bits. */
  subnet(bits: number): string;
  /** First and last of so many consecutive host ports that are free. */
  ports(count: number): Promise<readonly [first: number, last: number]>;
  /** Has a running container print something. */
  print(id: EngineId, stream: LogEntry['stream'], text: string): Promise<void>;
  /** Removes all containers, networks and volumes of the prefix, and the pullable image. */
  clear(): Promise<void>;
  /** Lets go of everything else. */
  close(): Promise<void>;
}

/** What the tests make, in as few words as a test can read. */
export function createMaker(
  fixture: Pick<EngineFixture, 'engine' | 'image' | 'prefix' | 'subnet'>,
) {
  const { prefix } = fixture;
  let names = 0;
  const labels: Labels = { 'io.berth.instance': prefix };
  const name = () => `${prefix}.user.n${(names += 1)}`;
  const spec = (over: Partial<ContainerSpec> = {}): ContainerSpec => ({
    name: name(),
    labels,
    image: fixture.image,
    command: undefined,
    env: {},
    user: undefined,
    workdir: undefined,
    hostname: 'lab',
    mounts: [],
    network: undefined,
    ports: [],
    memoryBytes: 64 * 1024 ** 2,
    cpus: 0.5,
    pids: 32,
    shmBytes: 1024 ** 2,
    capabilities: [],
    init: true,
    noNewPrivileges: true,
    ...over,
  });
  return {
    labels,
    name,
    spec,
    /** The volume as a mount, with the labels that all volumes here have. */
    mount: (volume: string): VolumeMount => ({ volume, labels, target: '/data', readOnly: false }),
    container: (over: Partial<ContainerSpec> = {}): Promise<EngineId> =>
      fixture.engine.createContainer(spec(over)),
    async running(over: Partial<ContainerSpec> = {}): Promise<EngineId> {
      const id = await fixture.engine.createContainer(spec(over));
      await fixture.engine.startContainer(id);
      return id;
    },
    async network(bits = 28): Promise<string> {
      const network = { name: name(), labels, subnet: fixture.subnet(bits) };
      await fixture.engine.createNetwork(network);
      return network.name;
    },
    async volume(): Promise<string> {
      const volume = { name: name(), labels };
      await fixture.engine.createVolume(volume);
      return volume.name;
    },
    /** The container of this id as the engine reports it. */
    async view(id: EngineId) {
      return (await fixture.engine.containers(labels)).find((container) => container.id === id);
    },
  };
}
export type Maker = ReturnType<typeof createMaker>;

/** Given to the tests of one part of the port; filled before each of them runs. */
export interface Subject {
  readonly fixture: EngineFixture;
  readonly make: Maker;
}

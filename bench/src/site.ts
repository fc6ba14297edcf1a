import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createSubnets, freePorts, removeEverything } from '@berth/testbed';
import type { Bench } from './bench.ts';
import { writeConfiguration, writeLogin, type Member } from './configuration.ts';
import { run, startServer, type ServerProcess } from './programs.ts';

/** A running server with its configuration and its users. */
export interface Site {
  /** Value of `io.berth.instance`, and first part of every name in the engine. */
  readonly prefix: string;
  readonly config: string;
  readonly server: ServerProcess;
  readonly members: readonly Member[];
  /** Host ports that its containers get, first and last. */
  readonly ports: readonly [first: number, last: number];
  /** A range of addresses whose upper half the server leaves alone, as in `10.222.7`. */
  readonly addresses: string;
  /** Runs `berth` as the first member. Milliseconds of the whole process. */
  berth(...args: string[]): Promise<number>;
}

export interface SiteOptions {
  /** Distinguishes the sites of one run. */
  readonly name: string;
  readonly users: number;
  readonly engineHost?: string;
}

/** Opens a site; when it is disposed of, nothing is left of it on the machine or in the engine. */
export async function openSite(
  bench: Bench,
  options: SiteOptions,
): Promise<Site & AsyncDisposable> {
  const { signal } = bench;
  const prefix = `${bench.prefix}-${options.name}`;
  const config = join(bench.folder, options.name);
  const home = join(config, 'home');
  const ports = await freePorts(20);
  const addresses = (await createSubnets(bench.engine.docker))(28).replace(/\.\d+\/28$/, '');
  const members = await writeConfiguration({
    folder: config,
    users: options.users,
    image: bench.image,
    engineHost: options.engineHost ?? bench.engine.host,
    prefix,
    pool: `${addresses}.0/25`,
    ports,
  });
  const server = await startServer(bench.berthd, ['serve', '--config', config], signal);
  await mkdir(home);
  const [first] = members;
  if (first !== undefined) await writeLogin(home, first, server.url);
  const env = { PATH: process.env['PATH'], HOME: home };
  return {
    prefix,
    config,
    server,
    members,
    ports,
    addresses,
    berth: async (...args) => (await run(bench.berth, args, { env, signal })).milliseconds,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await removeEverything(bench.engine.docker, prefix);
    },
  };
}

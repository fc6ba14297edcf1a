import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type Docker from 'dockerode';

/**
 * Consecutive TCP ports of 127.0.0.1 that nothing uses now. They lie below those that the kernel gives
 * out by itself, and below Berth’s own default range.
 *
 * @returns the first and the last
 */
export async function freePorts(count: number): Promise<readonly [first: number, last: number]> {
  for (;;) {
    const first = randomInt(10_000, 20_000 - count);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return [first, first + count - 1];
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
}

/** Gives out subnets of /28 and smaller, none twice, from ranges that no network of the engine uses. */
export async function createSubnets(docker: Docker): Promise<(bits: number) => string> {
  const networks = await docker.listNetworks();
  const used = new Set(
    networks.flatMap(({ IPAM }) =>
      (IPAM?.Config ?? []).map(({ Subnet = '' }) => firstThree(Subnet)),
    ),
  );
  const freeRange = (): string => {
    let range: string;
    do range = `10.222.${randomInt(0, 256)}`;
    while (used.has(range));
    used.add(range);
    return range;
  };

  let range = freeRange();
  let fourth = 0;
  return (bits) => {
    if (bits < 28) throw new Error('Subnets of a test have 28 bits or more.');
    if (fourth === 256) [range, fourth] = [freeRange(), 0];
    const subnet = `${range}.${fourth}/${bits}`;
    fourth += 16;
    return subnet;
  };
}

const firstThree = (subnet: string): string => subnet.split('.').slice(0, 3).join('.');

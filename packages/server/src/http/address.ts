import { BlockList, isIP } from 'node:net';

const MAPPED = /^::ffff:(?=\d+\.)/i;

/** As one is written in a list: without a zone, and IPv4 as such also where a socket for both took it. */
const plain = (address: string): string => address.replace(/%.*/, '').replace(MAPPED, '');

/** Whether an address is in one of some ranges. */
export function createRanges(ranges: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const kind = familyOf(address);
    if (kind === undefined) throw new Error(`${range} is no range of addresses`);
    if (prefix === undefined) list.addAddress(address, kind);
    else list.addSubnet(address, Number(prefix), kind);
  }
  return (address = '') => {
    const one = plain(address);
    const kind = familyOf(one);
    return kind !== undefined && list.check(one, kind);
  };
}

export const isLoopback = createRanges(['127.0.0.0/8', '::1']);

/** What counts as one caller: an IPv4 address, or the network of 2^64 that a household gets of IPv6. */
export function networkOf(address: string): string {
  const one = plain(address);
  if (isIP(one) !== 6) return one;
  const [head = '', tail = ''] = one.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const gap = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const groups = [...before, ...gap, ...after].slice(0, 4).map((group) => parseInt(group, 16));
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const family = isIP(address);
  if (family === 0) return undefined;
  return family === 4 ? 'ipv4' : 'ipv6';
}

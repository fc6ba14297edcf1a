/** IPv4 arithmetic for giving out subnets. Addresses are numbers from 0 to 2^32 − 1. */

interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * The subnets of `prefix` bits in `pool` that overlap none of `taken`, lowest first.
 *
 * @param pool IPv4 range in CIDR notation, as are those in `taken`; IPv6 ones are passed over
 */
export function* freeSubnets(
  pool: string,
  prefix: number,
  taken: readonly string[],
): Generator<string> {
  const used = taken.filter((subnet) => !subnet.includes(':')).map(rangeOf);
  const whole = rangeOf(pool);
  const size = 2 ** (32 - prefix);
  for (let first = whole.first; first + size - 1 <= whole.last; first += size) {
    const last = first + size - 1;
    if (!used.some((range) => range.first <= last && first <= range.last)) {
      yield `${formatAddress(first)}/${prefix}`;
    }
  }
}

function rangeOf(subnet: string): Range {
  const [address = '', bits = '32'] = subnet.split('/');
  const size = 2 ** (32 - Number(bits));
  const number = address.split('.').reduce((value, octet) => value * 256 + Number(octet), 0);
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

const formatAddress = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');

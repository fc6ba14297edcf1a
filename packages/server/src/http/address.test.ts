import { expect, test } from 'vitest';
import { createRanges, isLoopback, networkOf } from './address.ts';

const isProxy = createRanges(['10.0.0.7', '10.1.0.0/16', 'fd00::7', 'fd00:1::/64']);

test.each([
  ['10.0.0.7', true],
  ['::ffff:10.0.0.7', true],
  ['10.0.0.8', false],
  ['10.1.255.3', true],
  ['::FFFF:10.1.255.3', true],
  ['10.2.0.0', false],
  ['fd00::7', true],
  ['fd00:0:0::7', true],
  ['fd00:1::abcd', true],
  ['fd00:1::abcd%eth0', true],
  ['fd00:2::1', false],
  ['', false],
  [undefined, false],
  ['10.0.0.7, 10.0.0.7', false],
  ['proxy', false],
])('%s is in the ranges: %s', (address, expected) => {
  expect(isProxy(address)).toBe(expected);
});

test.each([
  ['127.0.0.1', true],
  ['127.3.2.1', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['128.0.0.1', false],
  ['::2', false],
])('%s is loopback: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:DB8:0:0:1:2:3:4', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:3::', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1:2:3:4:5:6', '0:0:1:2::/64'],
])('%s counts as %s', (address, expected) => {
  expect(networkOf(address)).toBe(expected);
});

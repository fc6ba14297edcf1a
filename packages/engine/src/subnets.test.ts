import { expect, test } from 'vitest';
import { freeSubnets } from './subnets.ts';

test('gives subnets of the pool from the lowest on', () => {
  expect([...freeSubnets('10.201.0.0/26', 28, [])]).toEqual([
    '10.201.0.0/28',
    '10.201.0.16/28',
    '10.201.0.32/28',
    '10.201.0.48/28',
  ]);
});

test('passes over what is taken, whether smaller, larger or the same', () => {
  const taken = ['10.201.0.4/30', '10.201.0.32/28', '10.201.0.64/26', '172.17.0.0/16', 'fd00::/64'];
  expect([...freeSubnets('10.201.0.0/25', 28, taken)]).toEqual([
    '10.201.0.16/28',
    '10.201.0.48/28',
  ]);
});

test('gives none when the pool is full or smaller than one subnet', () => {
  expect([...freeSubnets('10.201.0.0/28', 28, ['10.201.0.0/16'])]).toEqual([]);
  expect([...freeSubnets('10.201.0.0/29', 28, [])]).toEqual([]);
});

test('counts to the end of the address space', () => {
  expect([...freeSubnets('255.255.255.0/24', 25, [])]).toEqual([
    '255.255.255.0/25',
    '255.255.255.128/25',
  ]);
});

test('a pool that is written with host bits starts at its network', () => {
  expect(freeSubnets('10.201.0.77/16', 28, []).next().value).toBe('10.201.0.0/28');
});

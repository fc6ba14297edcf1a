import { expect, test } from 'vitest';
import { contextNameFor, isLoopback, serverAddress } from './server-address.ts';

test.each([
  ['https://Berth.Example/', 'https://berth.example'],
  ['https://berth.example:443', 'https://berth.example'],
  ['https://berth.example/team//', 'https://berth.example/team'],
  ['berth.example:8420', 'https://berth.example:8420'],
  ['localhost:8420', 'http://localhost:8420'],
  ['127.0.0.1:8420', 'http://127.0.0.1:8420'],
  ['[::1]:8420', 'http://[::1]:8420'],
])('%s is %s', (text, address) => {
  expect(serverAddress(text)).toBe(address);
});

test.each(['', 'ftp://x', 'http://', 'https://u@x', 'https://x?y', 'https://x#y', 'a b'])(
  '%j is no address',
  (text) => {
    expect(() => serverAddress(text)).toThrow('is not the address of a server');
  },
);

test.each([
  ['https://berth.example', 'berth.example'],
  ['http://127.0.0.1:8420', '127.0.0.1-8420'],
  ['http://[::1]:8420', '1-8420'],
])('%s is called %s', (server, name) => {
  expect(contextNameFor(server)).toBe(name);
});

test.each([
  ['localhost', true],
  ['127.3.2.1', true],
  ['[::1]', true],
  ['127.evil.example', false],
  ['10.0.0.1', false],
])('%s is loopback: %s', (hostname, expected) => {
  expect(isLoopback(hostname)).toBe(expected);
});

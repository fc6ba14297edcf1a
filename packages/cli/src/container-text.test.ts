import { expect, test } from 'vitest';
import { lossText, portAddress, portText } from './container-text.ts';
import { LAB } from './testing/stand-in.ts';

const home = { name: 'home', target: '/home/user', persistent: true };
const scratch = { name: 'scratch', target: '/scratch', persistent: false };

test.each([
  [[], 'everything inside'],
  [[scratch], 'everything inside, also /scratch (scratch)'],
  [[home], 'everything outside the volumes'],
  [[home, scratch], '/scratch (scratch), and everything outside the volumes'],
])('with the volumes %j it says what is lost', (volumes, text) => {
  expect(lossText(volumes)).toBe(text);
});

test('writes ports shortly', () => {
  expect(portText({ container: 53, protocol: 'udp' })).toBe('53/udp');
  expect(LAB.ports.map(portText)).toEqual(['127.0.0.1:20001→8888 (web)']);
});

test('knows which ports can be reached from here', () => {
  const [port] = LAB.ports;
  if (port === undefined) throw new Error('the example has a port');
  expect(portAddress(port, 'https://b.example')).toEqual({
    address: 'http://127.0.0.1:20001',
    onServerOnly: true,
  });
  expect(portAddress({ ...port, host_address: '0.0.0.0' }, 'https://b.example')).toEqual({
    address: 'http://b.example:20001',
    onServerOnly: false,
  });
  expect(portAddress({ ...port, host_address: '10.0.0.5' }, 'https://b.example').onServerOnly).toBe(
    false,
  );
});

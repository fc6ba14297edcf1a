import { Problem } from '@berth/contract';

/**
 * The address of a server as it is stored: with a scheme, without a slash at the end. Where the user
 * left the scheme out it is https, or http on this very machine.
 */
export function serverAddress(text: string): string {
  const guess = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${guessScheme(text)}//${text}`;
  if (!URL.canParse(guess)) throw notAnAddress(text);
  const url = new URL(guess);
  const isPlain = url.username + url.password + url.search + url.hash === '';
  if (!/^https?:$/.test(url.protocol) || url.hostname === '' || !isPlain) throw notAnAddress(text);
  return url.href.replace(/\/+$/, '');
}

/** Whether the address is one of this machine, so that nobody in between can listen. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** What a server is called unless the user says otherwise: its host, and its port where it has one. */
export function contextNameFor(server: string): string {
  const { host } = new URL(server);
  return host
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64);
}

function guessScheme(text: string): string {
  const isLocal = URL.canParse(`http://${text}`) && isLoopback(new URL(`http://${text}`).hostname);
  return isLocal ? 'http:' : 'https:';
}

function notAnAddress(text: string): Problem {
  return new Problem(
    'usage',
    `"${text}" is not the address of a server.\nAn address looks like https://berth.example or http://127.0.0.1:8420.`,
  );
}

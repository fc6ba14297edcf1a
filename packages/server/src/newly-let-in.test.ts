import { loadConfig } from '@berth/config';
import { expect, test } from 'vitest';
import { berthdFolder } from './testing/berthd.ts';
import { letInText, newlyLetIn } from './newly-let-in.ts';

const HASH = `sha256:${'a'.repeat(64)}`;
const clientId = (n: number): string => `0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a${n + 10}`;

test('where nothing tells what was before, all are named that can come in, and ten of them in words', async () => {
  const clients = Array.from(
    { length: 12 },
    (_, n) =>
      `      ${clientId(n)}: {name: laptop-${n}, token_hash: "${HASH.slice(0, -2)}${n + 10}", created: 2026-11-23T10:00:00Z${n === 11 ? ', expires: 2026-11-23T11:00:00Z' : ''}}\n`,
  );
  const berthd = await berthdFolder({
    'users.yaml': `version: 1
users:
  6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162:
    username: alice
    clients:
${clients.join('')}...
`,
  });
  const config = await loadConfig(berthd.directory);
  const letIn = newlyLetIn(undefined, config, new Date('2026-11-23T12:00:00Z'));
  expect(letIn.map(({ id }) => id)).toEqual(Array.from({ length: 11 }, (_, n) => clientId(n)));
  expect(letInText(letIn)).toMatch(
    /^It lets in 11 clients .*: laptop-0 of alice.*laptop-9 of alice and others\.$/,
  );
  expect(newlyLetIn(config, config, new Date('2026-11-23T12:00:00Z'))).toEqual([]);
});

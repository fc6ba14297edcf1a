import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { formatAuthorization } from '@berth/contract';
import { expect, test } from 'vitest';
import { houseForTest } from './support/house.ts';

const GUIDE = new URL('../../docs/api-guide.md', import.meta.url);
const PASSWORD = 'correct horse battery';

test('the examples of the API guide do what it says', async () => {
  const guide = await readFile(GUIDE, 'utf8');
  const [, section = ''] = /^## With curl\n([^]*?)^## /m.exec(guide) ?? [];
  const blocks = [...section.matchAll(/^```sh\n([^]*?)^```/gm)].map(([, block = '']) => block);
  expect(blocks).toHaveLength(5);

  const house = await houseForTest({
    templates: '  lab: {image: IMAGE, command: [sleep, "600"]}',
    adminPassword: PASSWORD,
  });
  const alice = await house.user('alice', ['lab']);
  const authorization = formatAuthorization(await alice.credential());
  const { stdout } = await promisify(execFile)(
    'bash',
    ['-euo', 'pipefail', '-c', blocks.join('\n')],
    {
      env: {
        ...process.env,
        BERTH: house.url,
        CREDENTIAL: authorization.replace('Bearer ', ''),
        PASSWORD,
      },
    },
  );
  expect(stdout.match(/^\{"event":"done","outcome":"started"/gm)).toHaveLength(2);
  for (const said of [
    '"templates":{"lab"',
    '"revision":',
    '"containers":[{"id":',
    '"removed_network":true',
    '"liveness":"live"',
    '"action":"log_in"',
    'berth_users{liveness="live"} 1',
    '{"event":"end"}',
    '"title":"lab"',
    '"metadata":{"team":"vision"}',
    '"authorization":"Bearer ',
    '"ended":{"containers":"ended","volumes":"kept"}',
    '"what":"remove user bob"',
  ]) {
    expect(stdout).toContain(said);
  }
  expect(await alice.containers()).toEqual([]);
});

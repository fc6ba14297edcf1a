import { loadConfig } from '@berth/config';
import { describe, expect, test } from 'vitest';
import { createEnrolment } from '../accounts/enrolment.ts';
import { berthdFolder, type Berthd } from '../testing/berthd.ts';
import { expectRefusal, printed, printedJson, textOf } from '../testing/printed.ts';

const CLIENT = '0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b';

/** Has a client ask to be let in. Returns its code. */
async function ask({ directory }: Berthd): Promise<string> {
  const config = await loadConfig(directory);
  const enrolment = createEnrolment({
    config: () => config,
    edit: () => Promise.reject(new Error('Asking edits nothing')),
    now: Date.now,
  });
  await enrolment.ask({
    client_id: CLIENT,
    token_hash: `sha256:${'a'.repeat(64)}`,
    name: 'laptop',
  });
  const [client] = await enrolment.pending();
  return client?.code ?? '';
}

describe('berthd enroll tells a program', () => {
  test('whom it has let in', async () => {
    const berthd = await berthdFolder();
    const code = await ask(berthd);
    expect(await printedJson(berthd, 'enroll', 'list')).toEqual({
      clients: [{ code, name: 'laptop', expires: expect.stringMatching(/Z$/) }],
    });
    const approve = ['enroll', 'approve', code, '--user', 'bob', '--new', '--allow', 'lab,lab'];
    expect(await printedJson(berthd, ...approve)).toEqual({
      id: CLIENT,
      user: 'bob',
      name: 'laptop',
    });
    expect(await textOf(berthd, 'users.yaml')).toContain('containers: [lab]\n    clients:');
    expect(await printedJson(berthd, 'enroll', 'list')).toEqual({ clients: [] });
  });

  test('whom it has refused', async () => {
    const berthd = await berthdFolder();
    const code = await ask(berthd);
    const typed = `${code.slice(0, 4)}-${code.slice(4)}`.toLowerCase();
    expect(await printedJson(berthd, 'enroll', 'refuse', typed)).toEqual({ code, name: 'laptop' });
    expect(await printedJson(berthd, 'enroll', 'list')).toEqual({ clients: [] });
  });
});

test.each([
  ['refused', ['enroll', 'refuse']],
  ['approved again', ['enroll', 'approve', '--user', 'alice']],
])(
  'a client that has been let in is not %s: the admin is told whose it is',
  async (_what, args) => {
    const berthd = await berthdFolder();
    const code = await ask(berthd);
    await printed(berthd, 'enroll', 'approve', code, '--user', 'alice');
    expectRefusal(
      await berthd.run([...args, code]),
      1,
      `berthd: laptop belongs to alice already. To end it: berthd client revoke alice ${CLIENT} --config ${berthd.directory}\n`,
    );
  },
);

import type {
  AdminTemplate,
  AdminTemplateList,
  ProblemBody,
  RemovedTemplate,
} from '@berth/contract';
import { describe, expect, test } from 'vitest';
import { refusedStatuses, sendAs } from '../testing/as-admin.ts';
import { bearer, testApp } from '../testing/test-app.ts';

async function withTemplates() {
  const house = await testApp();
  const alice = await house.user('alice', ['lab']);
  const id = house.config().accountByName.get('alice')?.id ?? '';
  return { house, alice, id, send: await sendAs(house) };
}

const URL = '/admin/templates';

describe('templates', () => {
  test('are listed by name, with how many may start them', async () => {
    const { send } = await withTemplates();
    const { templates } = (await send('GET', URL)).json<AdminTemplateList>();
    expect(templates.map(({ name, users, template: { image } }) => [name, users, image])).toEqual([
      ['gpu', 0, 'gpu:1'],
      ['lab', 1, 'lab:1'],
    ]);
  });

  test('are added with what differs from the defaults', async () => {
    const { house, send } = await withTemplates();
    const template = {
      image: 'shell:1',
      resources: { memory: '512m' },
      volumes: [{ name: 'home', target: '/home' }],
      network: { ports: [{ container: 80 }] },
    };
    const answer = await send('POST', URL, { name: 'shell', template });
    const shell = answer.json<AdminTemplate>();
    expect([answer.statusCode, answer.headers['location']]).toEqual([201, `${URL}/shell`]);
    expect(answer.headers['etag']).toBe(`"${shell.revision}"`);
    expect(shell.template).toMatchObject({
      resources: { cpus: 1, memory: '512m', pids: 256 },
      volumes: [{ name: 'home', persistent: false }],
      network: { mode: 'private', ports: [{ container: 80, protocol: 'tcp' }] },
    });
    expect(house.config().templates.has('shell')).toBe(true);
  });

  test('are replaced as a whole, and not where they are others than was seen', async () => {
    const { send } = await withTemplates();
    const { revision } = (await send('GET', `${URL}/lab`)).json<AdminTemplate>();
    const seen = { 'if-match': `"${revision}"` };
    const answer = await send('PUT', `${URL}/lab`, { image: 'lab:2' }, seen);
    expect(answer.json<AdminTemplate>().template).toMatchObject({ image: 'lab:2', volumes: [] });
    const stale = await send('PUT', `${URL}/lab`, { image: 'lab:3' }, seen);
    expect([stale.statusCode, stale.json<ProblemBody>().code]).toEqual([412, 'stale']);
  });

  test('are not removed while users refer to them, unless by force', async () => {
    const { house, send } = await withTemplates();
    const refused = await send('DELETE', `${URL}/lab`);
    expect([refused.statusCode, refused.json<ProblemBody>().message]).toEqual([
      409,
      expect.stringContaining('alice (containers)'),
    ]);
    const answer = await send('DELETE', `${URL}/lab?force=true`);
    expect(answer.json<RemovedTemplate>()).toEqual({ name: 'lab', taken_from: ['alice'] });
    expect(house.config().accountByName.get('alice')?.templates.size).toBe(0);
    expect((await send('GET', `${URL}/lab`)).statusCode).toBe(404);
  });

  test('are given to users and taken from them', async () => {
    const { house, send, id } = await withTemplates();
    const users = { users: [id] };
    expect((await send('POST', `${URL}/gpu/assign`, users)).json<AdminTemplate>().users).toBe(1);
    expect((await send('POST', `${URL}/lab/unassign`, users)).json<AdminTemplate>().users).toBe(0);
    expect(house.config().accountByName.get('alice')?.templates).toEqual(new Set(['gpu']));
  });

  test('are not given where a user’s own file closes their access: it says where', async () => {
    const { house, send, id } = await withTemplates();
    await house.override(id, 'containers: {admin_editable: false}');
    const answer = await send('POST', `${URL}/gpu/assign`, { users: [id] });
    expect([answer.statusCode, answer.json<ProblemBody>().message]).toEqual([
      409,
      expect.stringMatching(new RegExp(`users/${id}\\.yaml:2`)),
    ]);
  });

  test.each([
    ['a name that is taken', 'POST', '', { name: 'lab', template: { image: 'x' } }, 409],
    ['no image', 'POST', '', { name: 'x', template: {} }, 400],
    ['a size that is none', 'PUT', '/lab', { image: 'x', resources: { memory: '8' } }, 400],
    ['a key that there is not', 'PUT', '/lab', { image: 'x', privileged: true }, 400],
    ['a template that is not there', 'PUT', '/none', { image: 'x' }, 404],
    ['nobody to give it to', 'POST', '/lab/assign', { users: [] }, 400],
    [
      'somebody who is not there',
      'POST',
      '/lab/assign',
      { users: ['00000000-0000-4000-8000-000000000000'] },
      404,
    ],
  ] as const)('are refused with %s', async (_, method, path, payload, status) => {
    const { send } = await withTemplates();
    const answer = await send(method, `${URL}${path}`, payload);
    expect([answer.statusCode, answer.json<ProblemBody>().message]).toEqual([
      status,
      expect.any(String),
    ]);
  });
});

test('templates are for admins', async () => {
  const { house, alice, id } = await withTemplates();
  for (const request of [
    ['GET', URL],
    ['POST', URL, { name: 'x', template: { image: 'x' } }],
    ['GET', `${URL}/lab`],
    ['PUT', `${URL}/lab`, { image: 'x' }],
    ['DELETE', `${URL}/lab`],
    ['POST', `${URL}/lab/assign`, { users: [id] }],
  ] as const) {
    expect(await refusedStatuses(house, bearer(alice), request)).toEqual([401, 403, 403]);
  }
});

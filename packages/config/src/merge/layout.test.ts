import { expect, test } from 'vitest';
import { ALICE, BOB, CAROL } from '../testing/team.ts';
import { add, byHand, desk, removeBobsFile, set } from './testing/desk.ts';

test('who has come since an older copy that is laid out anew is out, and that is kept aside', async () => {
  const { edit, save, text, store, aside } = await desk();
  const opened = await text();
  await edit(add(CAROL, 'carol'));
  const newest = await text();
  await save({ 'users.yaml': byHand(opened, ['  # ---', '\n  # ---']) });
  expect(store.current().accounts.has(CAROL)).toBe(false);
  expect(await aside()).toEqual([newest]);
});

test('what has come since an older copy of templates that is laid out anew stays', async () => {
  const { edit, save, text, store } = await desk();
  const file = 'containers.yaml';
  const opened = await text(file);
  await edit(set(['containers', 'ml'], { image: 'ml' }, file));
  await save({ [file]: `${opened}\n` });
  expect(store.current().templates.has('ml')).toBe(true);
});

test('what has come since an older copy of an own file that is laid out anew stays', async () => {
  const { edit, save, text } = await desk();
  const file = `users/${BOB}.yaml`;
  await save({
    [file]: 'version: 1\nlimits: {cpus: 2}\n\noverrides:\n  lab: {persist: true}\n...\n',
  });
  const opened = await text(file);
  await edit(set(['containers', 'deny'], ['shell'], file));
  await save({ [file]: byHand(opened, ['overrides', '\noverrides']) });
  expect(await text(file)).toContain('deny:');
});

test('entries of an older copy in another order take nobody out who has come since', async () => {
  const { edit, save, store } = await desk();
  await edit(removeBobsFile);
  const [one, other] = [`  ${ALICE}:\n    username: alice\n`, `  ${BOB}:\n    username: bob\n`];
  await save({ 'users.yaml': `version: 1\nusers:\n${one}${other}...\n` });
  await edit(add(CAROL, 'carol'));
  await save({ 'users.yaml': `version: 1\nusers:\n${other}${one}...\n` });
  expect([...store.current().accountByName.keys()]).toEqual(['bob', 'alice', 'carol']);
});

test('what stands below the last entry is no part of it when a user is added there', async () => {
  const { edit, save, text } = await desk();
  const opened = await text();
  await edit(add(CAROL, 'carol'));
  await save({ 'users.yaml': byHand(opened, ['# for the course', '# for the autumn course']) });
  const merged = await text();
  expect(merged).toContain('autumn');
  expect(merged).toMatch(/carol\n\n# the end\n\.\.\.\n$/);
});

test('what stands below the last entry is there once when both add a user', async () => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  await edit(add(CAROL, 'carol'));
  const dora = '9e4f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
  const entry = `      - shell\n  ${dora}:\n    username: dora\n`;
  await save({ 'users.yaml': byHand(opened, ['      - shell\n', entry]) });
  expect(store.current().accounts.size).toBe(4);
  expect((await text()).match(/# the end/g)).toHaveLength(1);
  expect(await text()).toMatch(/\n\n# the end\n\.\.\.\n$/);
});

test('a hand that changes what stands below the last entry keeps that', async () => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  await edit(add(CAROL, 'carol'));
  await save({ 'users.yaml': byHand(opened, ['# the end', '# this is the end']) });
  expect(store.current().accounts.has(CAROL)).toBe(true);
  expect(await text()).toMatch(/carol\n\n# this is the end\n\.\.\.\n$/);
});

test('an older version that is put back stands where its last entry is gone and blank lines part them', async () => {
  const { edit, save, text, aside } = await desk();
  await edit(removeBobsFile);
  const entry = (id: string, name: string): string => `  ${id}:\n    username: ${name}\n\n`;
  const opened = `version: 1\nusers:\n${entry(ALICE, 'alice')}${entry(BOB, 'bob')}...\n`;
  await save({ 'users.yaml': opened });
  await edit(set(['users', BOB], undefined));
  const newest = await text();
  await save({ 'users.yaml': opened });
  expect(await text()).toBe(opened);
  expect(await aside()).toEqual([newest]);
});

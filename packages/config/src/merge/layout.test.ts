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

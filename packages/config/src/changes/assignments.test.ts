import { Template, UserFile } from '@berth/contract';
import { expect, test } from 'vitest';
import { patchFrom } from './assignments.ts';

test('words become a patch, and texts need no quotes', () => {
  expect(
    patchFrom(Template, [
      'image=registry.example/lab:2026.11',
      'description=Team: the lab',
      'user=1000',
      'resources.cpus=2.5',
      'resources.memory=8g',
      'env.PORT=8888',
      'env.FLAG=true',
      'env.EMPTY=""',
      'env.OLD=',
      'env.EQUATION=a=b',
      'command=[jupyter, "lab"]',
      'volumes=[{name: home, target: /home/user}]',
      'workdir=[not yaml',
    ]),
  ).toEqual({
    image: 'registry.example/lab:2026.11',
    description: 'Team: the lab',
    user: '1000',
    resources: { cpus: 2.5, memory: '8g' },
    env: { PORT: '8888', FLAG: 'true', EMPTY: '', OLD: null, EQUATION: 'a=b' },
    command: ['jupyter', 'lab'],
    volumes: [{ name: 'home', target: '/home/user' }],
    workdir: '[not yaml',
  });
});

test('keys that the schema does not have are left to the edit', () => {
  expect(patchFrom(Template, ['resources.cpu=2', 'x=yes'])).toEqual({
    resources: { cpu: 2 },
    x: 'yes',
  });
});

test('the keys of a record are known too', () => {
  const [overrides] = [UserFile.properties.overrides];
  expect(patchFrom(overrides, ['lab.env.PORT=1', 'lab.persist=true', 'gpu='])).toEqual({
    lab: { env: { PORT: '1' }, persist: true },
    gpu: null,
  });
});

test.each([
  [['image'], '"image" is not of the form KEY=VALUE.'],
  [['=x'], '"=x" is not of the form KEY=VALUE.'],
  [['env.=x'], '"env.=x" is not of the form KEY=VALUE.'],
  [['network={mode: none}'], 'network is a mapping: name its keys, as in network.KEY=VALUE.'],
  [['resources.cpus=[1'], /^resources\.cpus: not valid YAML: .*\.$/],
  [['resources.cpus=&a 1'], 'resources.cpus: anchors (&name) are not allowed here.'],
  [['env=', 'env.A=1'], 'env is set more than once.'],
  [['pull=never', 'pull=always'], 'pull is set more than once.'],
])('%j is refused', (words, message) => {
  const work = (): unknown => patchFrom(Template, words);
  expect(work).toThrow(message);
  expect(work).toThrow(expect.objectContaining({ code: 'usage' }));
});

import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { ContainerRef, containerTitle, Name, Uuid } from './names.ts';

test.each(['a', 'python-lab', 'a'.repeat(32), 'a1-'])('%s is a name', (name) => {
  expect(Value.Check(Name, name)).toBe(true);
});

test.each(['', 'Alice', '1lab', '-lab', 'a.b', 'a_b', '../x', 'a b', 'é', 'a\n', 'a'.repeat(33)])(
  '%j is no name',
  (name) => {
    expect(Value.Check(Name, name)).toBe(false);
  },
);

test.each(['lab', 'lab.two', '0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b'])('%s says which', (ref) => {
  expect(Value.Check(ContainerRef, ref)).toBe(true);
});

test.each(['bob/kill?x=', '../info?x=', '.', '..', '', '0f4e1c2a', 'lab.', 'lab.two.three', 'T'])(
  '%j says nothing',
  (ref) => {
    expect(Value.Check(ContainerRef, ref)).toBe(false);
  },
);

test('a title names the container after its template, and after itself where it has a name', () => {
  expect(containerTitle({ template: 'lab' })).toBe('lab');
  expect(containerTitle({ template: 'lab', name: 'two' })).toBe('lab.two');
});

test('ids as they are made pass, and no two are alike', () => {
  const ids = Array.from({ length: 10_000 }, () => crypto.randomUUID());
  expect(ids.filter((id) => !Value.Check(Uuid, id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(['0F4E1C2A-9B8D-4E7F-8A6B-5C4D3E2F1A0B', '0f4e1c2a-9b8d-1e7f-8a6b-5c4d3e2f1a0b', ''])(
  '%j is no id: lower case and version 4 only',
  (id) => {
    expect(Value.Check(Uuid, id)).toBe(false);
  },
);

import { expect, test } from 'vitest';
import { Problem } from './problem.ts';

test('carries its status, details and cause, and nothing by default', () => {
  const cause = new Error('socket hang up');
  const full = new Problem('limit_exceeded', 'Too many', { details: { limit: 3 }, cause });
  expect(full).toMatchObject({ status: 409, details: { limit: 3 }, cause });
  const bare = new Problem('not_found', 'Gone');
  expect(bare).toMatchObject({ status: 404, details: {} });
  expect('cause' in bare).toBe(false);
});
